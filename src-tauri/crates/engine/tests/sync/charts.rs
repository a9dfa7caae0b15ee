//! The charts: files that show what was seen, values of an earlier time that `metrics` tells as well, and words on days.

use crate::support::{Shop, present, world};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{Datelike as _, Days, Months, NaiveDate};
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    AnnotationPut, AnnotationRemove, Annotations, Chart, ChartExport, ChartExportRequest,
    ChartForm, ChartName, ChartRequest, ChartTheme, Comparison, MetricsAnswer, MetricsRequest,
    ModeRequest, ModeView, MovementsChartRequest, OverviewRequest,
};

const MODE: ModeView = ModeView::Test;
const MOVING: [&str; 6] = [
    "new",
    "expansion",
    "reactivation",
    "contraction",
    "churn",
    "fx",
];

fn asked(chart: ChartName, form: ChartForm) -> ChartExportRequest {
    ChartExportRequest {
        mode: MODE,
        chart,
        form,
        theme: ChartTheme::Light,
        currency: None,
        policy: None,
        every: "month".to_owned(),
        periods: 13,
        compare: None,
        width: 900,
        height: 420,
    }
}

async fn export(shop: &Shop, request: ChartExportRequest) -> ChartExport {
    handle::chart_export(&shop.desk, request).await.unwrap()
}

async fn chart(shop: &Shop, months: u32, compare: Option<Comparison>) -> Chart {
    let request = ChartRequest {
        mode: MODE,
        currency: None,
        months,
        compare,
        width: 900,
        height: 320,
    };
    handle::mrr_chart(&shop.desk, request).await.unwrap()
}

async fn metrics(
    shop: &Shop,
    metric: &str,
    (from, to): (&str, &str),
    every: &str,
) -> MetricsAnswer {
    let request = MetricsRequest {
        mode: MODE,
        metrics: vec![metric.to_owned()],
        from: Some(from.to_owned()),
        to: Some(to.to_owned()),
        every: every.to_owned(),
        currency: None,
        policy: None,
        by: None,
    };
    handle::metrics(&shop.desk, request).await.unwrap()
}

/// The lines of a file by the names of their columns; none of these tests has a comma in a cell.
struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(export: &ChartExport) -> Self {
        assert_eq!(export.media_type, "text/csv");
        let text = export.text.as_deref().unwrap();
        let mut lines = text
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        Self {
            names: lines.next().unwrap(),
            rows: lines.collect(),
        }
    }

    fn cell<'a>(&'a self, row: &'a [String], name: &str) -> &'a str {
        let at = self.names.iter().position(|it| it == name);
        &row[at.unwrap_or_else(|| panic!("there is a column {name}: {:?}", self.names))]
    }

    fn minor(&self, row: &[String], name: &str) -> i64 {
        self.cell(row, name).parse().unwrap()
    }

    /// What all movements of a row come to.
    fn moved(&self, row: &[String]) -> i64 {
        let minor = |name: &&str| self.minor(row, &format!("{name}_minor"));
        MOVING.iter().map(minor).sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_of_the_asked_size_and_says_mode_figure_currency_and_day() {
    let shop = Shop::of(world(101, 60)).await;
    shop.whole().await;
    let currency = chart(&shop, 13, None).await.currency.unwrap();
    let day = present().date_naive();
    for (name, figure) in [(ChartName::Mrr, "mrr"), (ChartName::Movements, "movements")] {
        let png = export(&shop, asked(name, ChartForm::Png)).await;
        assert_eq!(
            png.file_name,
            format!("coffer-test-{figure}-{currency}-{day}.png")
        );
        assert_eq!((png.media_type.as_str(), &png.text), ("image/png", &None));
        let bytes = STANDARD.decode(png.base64.unwrap()).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(
            (number(16), number(20)),
            (900, 420),
            "the size of its header"
        );
        assert!(bytes.len() > 4_000, "something is drawn: {}", bytes.len());

        let light = export(&shop, asked(name, ChartForm::Svg)).await;
        assert_eq!(
            light.file_name,
            format!("coffer-test-{figure}-{currency}-{day}.svg")
        );
        let svg = light.text.unwrap();
        assert!(
            svg.contains("<svg width=\"900\" height=\"420\""),
            "{}",
            &svg[..200]
        );
        for words in [
            "\nTEST\n",
            &currency,
            "as of 21 November 2026",
            "test mode",
            "coffer-1",
            "<title>TEST",
        ] {
            assert!(svg.contains(words), "{figure}: {words} is missing");
        }
        assert!(!svg.contains("class="), "a file has colours of its own");
        let dark = ChartExportRequest {
            theme: ChartTheme::Dark,
            ..asked(name, ChartForm::Svg)
        };
        assert_ne!(export(&shop, dark).await.text.unwrap(), svg);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_text_of_a_chart_sums_to_the_figures_told_elsewhere() {
    let shop = Shop::of(world(102, 80)).await;
    shop.whole().await;
    let overview = OverviewRequest {
        mode: MODE,
        currency: None,
    };
    let mrr = handle::overview(&shop.desk, overview)
        .await
        .unwrap()
        .mrr
        .unwrap();
    let table = Table::of(&export(&shop, asked(ChartName::Mrr, ChartForm::Csv)).await);
    assert_eq!(table.rows.len(), 13);
    let last = table.rows.last().unwrap();
    assert_eq!(
        table.minor(last, "mrr_minor"),
        mrr.minor,
        "the newest is the overview's"
    );
    assert_eq!(table.cell(last, "unfinished"), "true");
    let mut before: Option<i64> = None;
    for row in &table.rows {
        assert_eq!(
            (table.cell(row, "mode"), table.cell(row, "currency")),
            ("test", &*mrr.currency)
        );
        let now = table.minor(row, "mrr_minor");
        let moved = table.moved(row);
        if let Some(before) = before {
            assert_eq!(now - before, moved, "what moved is the change: {row:?}");
            assert_eq!(table.minor(row, "change_minor"), moved);
        }
        before = Some(now);
    }
    // The same by the other door.
    let (from, to) = (table.cell(&table.rows[0], "from"), table.cell(last, "to"));
    let told = metrics(&shop, "movements", (from, to), "month").await;
    for (row, point) in table.rows.iter().zip(&told.series[0].points) {
        assert_eq!(table.cell(row, "to"), point.date);
        for name in MOVING {
            let value = point.values.iter().find(|it| it.name == name).unwrap();
            assert_eq!(
                Some(table.minor(row, &format!("{name}_minor"))),
                value.whole,
                "{name}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_text_of_movements_leads_from_opening_to_closing_and_ends_at_mrr() {
    let shop = Shop::of(world(102, 80)).await;
    shop.whole().await;
    let weekly = ChartExportRequest {
        every: "week".to_owned(),
        periods: 20,
        ..asked(ChartName::Movements, ChartForm::Csv)
    };
    let table = Table::of(&export(&shop, weekly).await);
    assert_eq!(table.rows.len(), 20);
    for row in &table.rows {
        assert_eq!(
            table.minor(row, "opening_minor") + table.moved(row),
            table.minor(row, "closing_minor")
        );
    }
    let newest = chart(&shop, 13, None).await.points.pop().unwrap();
    let last = table.rows.last().unwrap();
    assert_eq!(table.minor(last, "closing_minor"), newest.value.minor);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_time_is_told_as_metrics_tell_it() {
    let shop = Shop::of(world(103, 120)).await;
    shop.whole().await;
    let today = present().date_naive();
    for (compare, months) in [(Comparison::Year, 12), (Comparison::Previous, 6)] {
        let chart = chart(&shop, 6, Some(compare)).await;
        assert!(chart.svg.as_ref().unwrap().contains("class=\"c-earlier\""));
        assert_eq!(chart.points.len(), 6);
        for point in &chart.points {
            let date: NaiveDate = point.date.parse().unwrap();
            let day = if point.unfinished {
                today - Months::new(months)
            } else {
                let next = date.with_day(1).unwrap() - Months::new(months) + Months::new(1);
                next - Days::new(1)
            };
            let earlier = point.earlier.as_ref().unwrap();
            assert_eq!(earlier.date, day.to_string());
            let told = metrics(&shop, "mrr", (&earlier.date, &earlier.date), "day").await;
            let minor = told.series[0].points[0].values[0].whole.unwrap();
            assert_eq!(earlier.value.as_ref().unwrap().minor, minor);
            let difference = point.value.minor - minor;
            assert_eq!(earlier.difference.as_ref().unwrap().minor, difference);
            let percent = earlier.percent.as_ref().unwrap();
            assert!(
                percent.starts_with(if difference > 0 { '+' } else { '−' }),
                "{percent}"
            );
            assert_eq!(earlier.why, None);
            assert!(earlier.y.is_some());
        }
        let request = ChartExportRequest {
            compare: Some(compare),
            periods: 6,
            ..asked(ChartName::Mrr, ChartForm::Csv)
        };
        let table = Table::of(&export(&shop, request).await);
        for (row, point) in table.rows.iter().zip(&chart.points) {
            let earlier = point.earlier.as_ref().unwrap();
            assert_eq!(table.cell(row, "earlier_day"), earlier.date);
            assert_eq!(
                table.minor(row, "earlier_mrr_minor"),
                earlier.value.as_ref().unwrap().minor
            );
            assert_eq!(
                table.minor(row, "difference_minor"),
                earlier.difference.as_ref().unwrap().minor
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_no_history_a_comparison_says_so() {
    let shop = Shop::of(world(104, 40)).await;
    shop.whole().await;
    // The merchant is 24 months old: as many months before these begin before anything was sold.
    let chart = chart(&shop, 20, Some(Comparison::Previous)).await;
    let earlier: Vec<_> = chart
        .points
        .iter()
        .map(|it| it.earlier.as_ref().unwrap())
        .collect();
    let first = earlier[0];
    assert_eq!(
        (&first.value, &first.difference, &first.percent, first.y),
        (&None, &None, &None, None)
    );
    let why = first.why.as_deref().unwrap();
    assert!(why.starts_with("There is no history before "), "{why}");
    assert!(
        earlier.iter().any(|it| it.value.is_some()),
        "the later ones have some"
    );
    let request = ChartExportRequest {
        compare: Some(Comparison::Previous),
        periods: 20,
        ..asked(ChartName::Mrr, ChartForm::Csv)
    };
    let table = Table::of(&export(&shop, request).await);
    for name in [
        "earlier_mrr_minor",
        "difference_minor",
        "difference_percent",
    ] {
        assert_eq!(
            table.cell(&table.rows[0], name),
            "",
            "{name} is undefined and not zero"
        );
    }
}

fn put(id: Option<i64>, day: &str, text: &str) -> AnnotationPut {
    AnnotationPut {
        mode: MODE,
        id,
        day: day.to_owned(),
        text: text.to_owned(),
    }
}

const WHERE: ModeRequest = ModeRequest { mode: MODE };

/// Writes four: two in one month, one before any chart begins.
async fn written(shop: &Shop) -> Annotations {
    for (day, text) in [
        ("2026-10-05", "  Raised \n prices "),
        ("2026-03-31", "Launched <in> & \"Japan\""),
        ("2026-10-29", "Outage"),
        ("2019-06-01", "Founded"),
    ] {
        handle::annotation_put(&shop.desk, put(None, day, text))
            .await
            .unwrap();
    }
    handle::annotations(&shop.desk, WHERE).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_on_a_day_are_kept_changed_and_removed() {
    let shop = Shop::of(world(105, 5)).await;
    let kept = written(&shop).await;
    let texts: Vec<&str> = kept.items.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Founded",
            "Launched <in> & \"Japan\"",
            "Raised prices",
            "Outage"
        ]
    );
    let again = shop.opened_again().await;
    assert_eq!(
        coffer_engine::view::chart::notes::all(&again).unwrap(),
        kept,
        "they lie in the file"
    );

    let id = kept.items[2].id;
    let changed = handle::annotation_put(&shop.desk, put(Some(id), "2026-09-01", "Cut prices"))
        .await
        .unwrap();
    assert_eq!(changed.items.len(), 4);
    let moved = changed.items.iter().find(|it| it.id == id).unwrap();
    assert_eq!(
        (moved.day.as_str(), moved.text.as_str()),
        ("2026-09-01", "Cut prices")
    );
    let left = handle::annotation_remove(&shop.desk, AnnotationRemove { mode: MODE, id })
        .await
        .unwrap();
    assert!(left.items.len() == 3 && left.items.iter().all(|it| it.id != id));
    let gone = handle::annotation_remove(&shop.desk, AnnotationRemove { mode: MODE, id }).await;
    assert_eq!(gone.unwrap_err().code, "not_found");
    let gone = handle::annotation_put(&shop.desk, put(Some(id), "2026-09-01", "Again")).await;
    assert_eq!(
        gone.unwrap_err().code,
        "not_found",
        "what was removed does not come back by a change"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_stand_at_their_period_in_both_charts_and_in_files() {
    let shop = Shop::of(world(107, 40)).await;
    shop.whole().await;
    written(&shop).await;
    let seen = chart(&shop, 13, None).await;
    let marks: Vec<(u32, &str, usize)> = seen
        .notes
        .iter()
        .map(|it| (it.number, it.date.as_str(), it.items.len()))
        .collect();
    assert_eq!(
        marks,
        [(1, "2026-03-31", 1), (2, "2026-10-31", 2)],
        "by month; 2019 is not in view"
    );
    for note in &seen.notes {
        let point = seen.points.iter().find(|it| it.date == note.date).unwrap();
        assert!(
            (point.x - note.x).abs() < 0.01,
            "a mark stands below its point"
        );
    }
    assert!(
        !seen.svg.unwrap().contains("Raised"),
        "words are the page's own to show"
    );
    let daily = MovementsChartRequest {
        mode: MODE,
        currency: None,
        policy: None,
        every: "day".to_owned(),
        periods: 31,
        width: 900,
        height: 200,
    };
    let bars = handle::movements_chart(&shop.desk, daily).await.unwrap();
    let days: Vec<&str> = bars.notes.iter().map(|it| it.date.as_str()).collect();
    assert_eq!(days, ["2026-10-29"]);

    let svg = export(&shop, asked(ChartName::Mrr, ChartForm::Svg))
        .await
        .text
        .unwrap();
    assert!(svg.contains("5 October 2026: Raised prices"));
    assert!(
        svg.contains("Launched &lt;in&gt; &amp;"),
        "what was typed is text and no markup"
    );
    let csv = export(&shop, asked(ChartName::Movements, ChartForm::Csv))
        .await
        .text
        .unwrap();
    assert!(csv.contains("2026-10-05: Raised prices; 2026-10-29: Outage"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_on_days_have_limits_and_say_them() {
    let shop = Shop::of(world(106, 5)).await;
    let long = "x".repeat(121);
    for (day, text, about) in [
        ("2026-10-05", " \n ", "between 1 and 120 characters"),
        ("2026-10-05", long.as_str(), "these have 121"),
        ("2026-10-05", "a\u{7}b", "control character"),
        ("5 October", "Raised prices", "is no day"),
        ("1999-12-31", "Raised prices", "out of reach"),
        ("2027-11-22", "Raised prices", "out of reach"),
    ] {
        let refused = handle::annotation_put(&shop.desk, put(None, day, text)).await;
        let error = refused.unwrap_err();
        assert!(error.message.contains(about), "{}", error.message);
    }
    let fits = "é".repeat(120);
    let kept = handle::annotation_put(&shop.desk, put(None, "2027-11-21", &fits))
        .await
        .unwrap();
    assert_eq!(kept.items.len(), 1, "what was refused left nothing");
    for index in 1..kept.most {
        let text = format!("Words {index}");
        handle::annotation_put(&shop.desk, put(None, "2026-10-05", &text))
            .await
            .unwrap();
    }
    let one_more = handle::annotation_put(&shop.desk, put(None, "2026-10-05", "One more")).await;
    let message = one_more.unwrap_err().message;
    assert!(
        message.contains("500") && message.contains("Remove"),
        "{message}"
    );
    let all = handle::annotations(&shop.desk, WHERE).await.unwrap();
    assert_eq!(all.items.len(), 500);
    let changed = put(Some(all.items[0].id), "2026-10-05", "Changed");
    handle::annotation_put(&shop.desk, changed).await.unwrap();
    let live = ModeRequest {
        mode: ModeView::Live,
    };
    assert_eq!(
        handle::annotations(&shop.desk, live).await.unwrap().items,
        [],
        "modes share none"
    );
}
