//! Numbers of a crawl under way for Prometheus, on request at `/metrics` (text format 1.0,
//! `OpenMetrics`).

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use cleancopy::crawl::{Event, Observer};
use cleancopy::fetch::Fetcher;
use cleancopy::outcome::Outcome;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;

use super::log::say;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// A client that has not asked by then is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// Flags of metrics.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Metrics")]
pub(crate) struct MetricsArgs {
    /// Serve numbers for Prometheus here while the crawl lasts; a port alone is one of 127.0.0.1
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = address)]
    metrics: Option<SocketAddr>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.parse().map(|port| (Ipv4Addr::LOCALHOST, port).into());
    port.or_else(|_| text.parse())
        .map_err(|_| "neither a port nor ADDRESS:PORT".to_owned())
}

impl MetricsArgs {
    /// Starts serving, if it is wanted.
    pub(crate) async fn start(&self, fetcher: &Fetcher) -> anyhow::Result<Option<Metrics>> {
        let Some(address) = self.metrics else {
            return Ok(None);
        };
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| format!("cannot serve metrics on {address}"))?;
        say(format_args!(
            "metrics on http://{}/metrics",
            listener.local_addr()?
        ));
        let metrics = Metrics::new(fetcher.clone());
        tokio::spawn(serve(listener, metrics.clone()));
        Ok(Some(metrics))
    }
}

/// The numbers of one crawl.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    fetcher: Fetcher,
    started: Instant,
    records: Family<[(&'static str, &'static str); 1], Counter>,
    leases: Counter,
    waits: Counter,
    pending: Gauge,
    stopping: Gauge,
    requests: Counter,
    answers: Counter,
    wire: Counter,
    pages: Counter,
    running: Gauge<f64, AtomicU64>,
}

impl Metrics {
    fn new(fetcher: Fetcher) -> Self {
        let mut all = Registry::with_prefix("cleancopy");
        let metrics = Self {
            fetcher,
            started: Instant::now(),
            registry: Arc::default(),
            records: Family::default(),
            leases: Counter::default(),
            waits: Counter::default(),
            pending: Gauge::default(),
            stopping: Gauge::default(),
            requests: Counter::default(),
            answers: Counter::default(),
            wire: Counter::default(),
            pages: Counter::default(),
            running: Gauge::default(),
        };
        // Each outcome is there from the start: a series that appears late hides its first step.
        for outcome in Outcome::ALL {
            drop(
                metrics
                    .records
                    .get_or_create(&[("outcome", outcome.as_str())]),
            );
        }
        let Self {
            records,
            leases,
            waits,
            pending,
            stopping,
            ..
        } = &metrics;
        all.register(
            "records",
            "Addresses that have ended, by outcome",
            records.clone(),
        );
        all.register("leases", "Visits of hosts begun", leases.clone());
        all.register(
            "waits",
            "Times when nothing was due and nothing under way",
            waits.clone(),
        );
        all.register(
            "pending",
            "Addresses without an end at the last wait",
            pending.clone(),
        );
        all.register(
            "stopping",
            "1 once the crawl was asked to stop",
            stopping.clone(),
        );
        let (requests, answers) = (metrics.requests.clone(), metrics.answers.clone());
        all.register(
            "requests",
            "Requests sent, those for robots.txt among them",
            requests,
        );
        all.register("answers", "Answers whose head came", answers);
        let (wire, pages, running) = (&metrics.wire, &metrics.pages, &metrics.running);
        let bytes = || Unit::Bytes;
        all.register_with_unit("wire", "Bodies as they came", bytes(), wire.clone());
        all.register_with_unit("page", "Pages after decompression", bytes(), pages.clone());
        all.register_with_unit("running", "Since the start", Unit::Seconds, running.clone());
        Self {
            registry: Arc::new(all),
            ..metrics
        }
    }

    /// All numbers, in `OpenMetrics` text.
    fn told(&self) -> Result<String, std::fmt::Error> {
        let traffic = self.fetcher.traffic();
        for (counter, now) in [
            (&self.requests, traffic.requests),
            (&self.answers, traffic.answers),
            (&self.wire, traffic.wire_bytes),
            (&self.pages, traffic.page_bytes),
        ] {
            counter.inc_by(now.saturating_sub(counter.get()));
        }
        self.running.set(self.started.elapsed().as_secs_f64());
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Observer for Metrics {
    fn see(&mut self, event: Event<'_>) {
        match event {
            Event::Visiting { .. } => {
                self.leases.inc();
            }
            Event::Recorded { record } => {
                let label = [("outcome", record.outcome.as_str())];
                self.records.get_or_create(&label).inc();
            }
            Event::Waiting { pending, .. } => {
                self.waits.inc();
                self.pending.set(i64::try_from(pending).unwrap_or(i64::MAX));
            }
            Event::Stopping { .. } => {
                self.stopping.set(1);
            }
            _ => {}
        }
    }
}

/// One who sees, and another if there is one.
pub(crate) struct Both<'a, A>(pub(crate) &'a mut A, pub(crate) Option<Metrics>);

impl<A: Observer> Observer for Both<'_, A> {
    fn see(&mut self, event: Event<'_>) {
        self.0.see(event);
        if let Some(metrics) = &mut self.1 {
            metrics.see(event);
        }
    }
}

/// Answers whoever asks, until the program ends.
async fn serve(listener: TcpListener, metrics: Metrics) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, for instance: that passes.
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        let metrics = metrics.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(&metrics, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away has got what it wanted.
            let _ = tokio::time::timeout(PATIENCE, connection).await;
        });
    }
}

fn answer(metrics: &Metrics, request: &Request<Incoming>) -> Response<String> {
    let mut answer = Response::new(String::new());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    } else if request.uri().path() != "/metrics" {
        *answer.status_mut() = StatusCode::NOT_FOUND;
    } else if let (Ok(text), Ok(kind)) = (metrics.told(), OPEN_METRICS.parse()) {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
        *answer.body_mut() = text;
    } else {
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    answer
}
