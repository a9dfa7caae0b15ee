//! Lists of what is sold and how: products, prices, coupons, promotion codes, payment links, meters.

use serde_json::Value;

use super::error::Refusal;
use super::list::{known, over};
use super::page::Listing;
use super::query::Query;
use crate::catalogue::{METERS, PAYMENT_LINKS, Price, Product};
use crate::coupon::PROMOTION_CODES;
use crate::ids::Sort;
use crate::world::World;

pub(super) fn products<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &["created", "active", "ids", "shippable", "type", "url"],
    )?;
    let (active, ids) = (query.flag("active")?, query.many("ids"));
    let unshipped = query.flag("shippable")? != Some(true);
    let kind = query.get("type");
    let url = query.get("url");
    let keep = move |record: &Product| {
        active != Some(false)
            && unshipped
            && url.is_none()
            && kind.is_none_or(|kind| kind == "service")
            && (ids.is_empty() || ids.contains(&world.id(Sort::Product, record.ix).as_str()))
    };
    let products = &world.catalogue.products;
    over(
        world,
        query,
        ("product", Sort::Product),
        products,
        |record| record.created,
        Box::new(keep),
        World::product_json,
    )
}

pub(super) fn prices<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &[
            "created",
            "active",
            "currency",
            "lookup_keys",
            "product",
            "recurring",
            "type",
        ],
    )?;
    let (active, currency, kind) = (
        query.flag("active")?,
        query.get("currency"),
        query.get("type"),
    );
    let product = query.record(world, Sort::Product, "product")?;
    let keyed = !query.many("lookup_keys").is_empty();
    let (interval, usage) = (
        query.get("recurring[interval]"),
        query.get("recurring[usage_type]"),
    );
    let keep = move |record: &Price| {
        active.is_none_or(|active| world.price_is_active(record) == active)
            && !keyed
            && currency.is_none_or(|currency| record.currency.wire() == currency)
            && product.is_none_or(|product| record.product == product)
            && kind.is_none_or(|kind| (kind == "recurring") == record.term.is_some())
            && interval.is_none_or(|interval| {
                record
                    .term
                    .is_some_and(|term| term.interval().0 == interval)
            })
            && usage.is_none_or(|usage| {
                record.term.is_some() && (usage == "metered") == record.meter.is_some()
            })
    };
    over(
        world,
        query,
        ("price", Sort::Price),
        &world.catalogue.prices,
        |record| record.created,
        Box::new(keep),
        World::price_json,
    )
}

pub(super) fn coupons<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["created"])?;
    let range = query.range("created")?;
    let len = world.coupons.len() as u32;
    let at = move |n: u32| world.coupons.get((len - 1 - n) as usize);
    Ok(Listing {
        kind: "coupon",
        len,
        position: Box::new(move |id| {
            world
                .coupons
                .iter()
                .rev()
                .position(|coupon| coupon.id == id)
                .map(|n| n as u32)
        }),
        keep: Box::new(move |n| at(n).is_some_and(|coupon| range.contains(coupon.created))),
        stop: Box::new(|_| false),
        write: Box::new(move |n| at(n).map_or(Value::Null, |coupon| world.coupon_json(coupon))),
    })
}

pub(super) fn promotion_codes<'a>(
    world: &'a World,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &[
            "created",
            "active",
            "code",
            "coupon",
            "customer",
            "customer_account",
        ],
    )?;
    let (active, code, coupon) = (
        query.flag("active")?,
        query.get("code"),
        query.get("coupon"),
    );
    let nobodys = query.get("customer").is_none();
    let range = query.range("created")?;
    let len = PROMOTION_CODES.len() as u32;
    let keep = move |n: u32| {
        PROMOTION_CODES
            .get((len - 1 - n) as usize)
            .is_some_and(|(text, behind, on)| {
                let behind = world.coupons.get(*behind as usize);
                active.is_none_or(|active| active == *on)
                    && nobodys
                    && code.is_none_or(|code| code.eq_ignore_ascii_case(text))
                    && coupon.is_none_or(|coupon| behind.is_some_and(|behind| behind.id == coupon))
                    && range.contains(world.promotion_created(len - 1 - n))
            })
    };
    Ok(Listing {
        kind: "promotion_code",
        len,
        position: Box::new(move |id| match world.ids.decode(id)? {
            (Sort::PromotionCode, n) => u32::try_from(n)
                .ok()
                .filter(|n| *n < len)
                .map(|n| len - 1 - n),
            _ => None,
        }),
        keep: Box::new(keep),
        stop: Box::new(|_| false),
        write: Box::new(move |n| world.promotion_json(len - 1 - n).unwrap_or_default()),
    })
}

/// A list over a short table that never changes, newest last there and first here.
fn over_table<'a>(
    world: &'a World,
    (kind, sort): (&'static str, Sort),
    len: u32,
    keep: impl Fn(u32) -> bool + 'a,
    write: fn(&World, u32) -> Option<Value>,
) -> Listing<'a> {
    Listing {
        kind,
        len,
        position: Box::new(move |id| match world.ids.decode(id)? {
            (found, n) if found == sort => u32::try_from(n)
                .ok()
                .filter(|n| *n < len)
                .map(|n| len - 1 - n),
            _ => None,
        }),
        keep: Box::new(move |n| keep(len - 1 - n)),
        stop: Box::new(|_| false),
        write: Box::new(move |n| write(world, len - 1 - n).unwrap_or_default()),
    }
}

pub(super) fn meters<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["status"])?;
    let status = query.get("status");
    let keep = move |n: u32| {
        METERS
            .get(n as usize)
            .is_some_and(|(.., active)| status.is_none_or(|status| (status == "active") == *active))
    };
    let kind = ("billing.meter", Sort::Meter);
    let len = METERS.len() as u32;
    Ok(over_table(world, kind, len, keep, World::meter_json))
}

pub(super) fn test_clocks<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &[])?;
    if world.spec.livemode {
        let message =
            "This endpoint is only available in testmode. Try using your test keys instead.";
        return Err(Refusal::invalid(400, None, None, message.to_owned()));
    }
    let kind = ("test_helpers.test_clock", Sort::TestClock);
    let write = |world: &World, n: u32| Some(world.clock_json(n));
    Ok(over_table(world, kind, world.clocks, |_| true, write))
}

pub(super) fn payment_links<'a>(
    world: &'a World,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &["active"])?;
    let active = query.flag("active")?;
    let keep = move |n: u32| {
        PAYMENT_LINKS
            .get(n as usize)
            .is_some_and(|(.., on)| active.is_none_or(|active| active == *on))
    };
    let kind = ("payment_link", Sort::PaymentLink);
    let len = PAYMENT_LINKS.len() as u32;
    Ok(over_table(world, kind, len, keep, World::payment_link_json))
}
