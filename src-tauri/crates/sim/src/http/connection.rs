//! Connections that can be made to fail.
//!
//! A reset or a cut body cannot be told to a web framework; it is something the connection does. Each accepted connection
//! therefore carries a budget of bytes that a handler may lower: when it is used up, writing fails and the socket is closed
//! with a reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// What a handler can do to its connection.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicI64>);

impl Budget {
    /// Lets `bytes` more be written and then resets the connection.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.0.store(bytes, Ordering::SeqCst);
    }
}

/// A TCP connection with a budget.
#[derive(Debug)]
pub(crate) struct Frail {
    stream: TcpStream,
    budget: Budget,
}

/// A listener of such connections.
pub(crate) struct FrailListener(pub(crate) TcpListener);

impl Listener for FrailListener {
    type Io = Frail;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Frail, std::net::SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers should not wait for more; when that cannot be set, they merely do.
        let _ = stream.set_nodelay(true);
        (
            Frail {
                stream,
                budget: Budget(Arc::new(AtomicI64::new(i64::MAX))),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<std::net::SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, FrailListener>> for Budget {
    fn connect_info(stream: IncomingStream<'_, FrailListener>) -> Self {
        stream.io().budget.clone()
    }
}

impl AsyncRead for Frail {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Frail {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.budget.0.load(Ordering::SeqCst);
        if left <= 0 {
            // Closing without lingering is what makes it a reset; if that fails it is an ordinary close, also a failure.
            let _ = self.stream.set_zero_linger();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let allowed = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let written =
            Pin::new(&mut self.stream).poll_write(context, bytes.get(..allowed).unwrap_or(bytes));
        if let Poll::Ready(Ok(count)) = &written
            && left != i64::MAX
        {
            self.budget.0.fetch_sub(*count as i64, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
