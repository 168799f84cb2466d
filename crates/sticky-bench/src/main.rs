//! `sticky-bench [name] [flag]…`: see docs/benchmarks.md.

use std::process::ExitCode;

use sticky_bench::options::Options;
use sticky_bench::report::{self, Figure};
use sticky_bench::{BenchError, converge, crash, fanout, floor, history, idle, log, open, scale};

const HELP: &str = "\
Usage: cargo xtask bench [name] [flag]…

Without a name all of them run, and one table comes at the end.

  fanout    latency and processor time of a broadcast, beside the floor
              --seconds 12  --rounds 1  --stock (clients that do not ask for `saved`)
              --realtime (before other processes, on a machine that is shared)
  idle      memory of an idle connection, beside the floor       --connections 5000
  history   a long history in, and out again                     --trace FILE  --edits 259778
  open      a 200 KB note: opening it, and ten people in it      --seconds 12
  scale     lists and search over very many notes                --documents 100000  --people 1000
              --database URL (an empty one on a Postgres server; a new SQLite file if not given)  --seed N
  log       the log's appends beside single INSERTs, replay, loading, the archive
              --seconds 5  --edits 260000  --realtime (as above)
  crash     kill -9 under load, of Postgres too                  --rounds 20  --seconds 6  --seed N
              --engine sqlite | postgres
  converge  clients that lose, repeat and reconnect              --seeds 500  --seed N
  floor     the server that does nothing (used by the others)    ADDRESS

  --json    one line of JSON instead of the table";

const ALL: [&str; 8] = ["fanout", "idle", "open", "history", "log", "scale", "crash", "converge"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("sticky-bench: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all figures are what they have to be.
async fn run(arguments: &[String]) -> Result<bool, BenchError> {
    let (name, flags) = match arguments.split_first() {
        Some((name, flags)) if !name.starts_with('-') => (Some(name.as_str()), flags),
        _ => (None, arguments),
    };
    match name {
        Some("help") => Ok(show(HELP)),
        Some("floor") => serve_floor(flags),
        Some(name @ ("log-append" | "log-history" | "log-archive")) => part_of_log(name, flags),
        None => measure(&ALL, &Options::parse(flags)?).await,
        Some(name) if ALL.contains(&name) => measure(&[name], &Options::parse(flags)?).await,
        Some(name) => Err(BenchError::Usage(format!("`{name}` is not a measurement.\n\n{HELP}"))),
    }
}

async fn measure(names: &[&str], options: &Options) -> Result<bool, BenchError> {
    let mut figures: Vec<Figure> = Vec::new();
    for name in names {
        eprintln!("{name} …");
        figures.extend(one(name, options).await?);
    }
    show(&if options.has("json") { report::json(&figures) } else { report::table(&figures) });
    Ok(figures.iter().all(|figure| figure.passes() != Some(false)))
}

async fn one(name: &str, options: &Options) -> Result<Vec<Figure>, BenchError> {
    match name {
        "fanout" => fanout::run(options).await,
        "idle" => idle::run(options).await,
        "open" => open::run(options).await,
        "history" => history::run(options).await,
        "log" => log::run(options),
        "crash" => crash::run(options).await,
        "scale" => scale::run(options).await,
        _ => converge::run(options).await,
    }
}

fn serve_floor(arguments: &[String]) -> Result<bool, BenchError> {
    let address = arguments
        .first()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| BenchError::Usage("floor ADDRESS".to_owned()))?;
    on_all_cores(move || async move { floor::serve(address).await }).map(|()| true)
}

/// One measurement of `log`, on a database of its own.
fn part_of_log(name: &str, arguments: &[String]) -> Result<bool, BenchError> {
    let usage = || BenchError::Usage(format!("{name} URL"));
    let (url, flags) = arguments.split_first().ok_or_else(usage)?;
    let (name, url, options) = (name.to_owned(), url.clone(), Options::parse(flags)?);
    let found = on_all_cores(|| async move {
        match name.as_str() {
            "log-append" => log::append(&url, options.or("seconds", log::SECONDS)?).await,
            "log-history" => log::history(&url, options.or("edits", log::EDITS)?).await,
            _ => log::archive(&url, options.or("edits", log::UPDATES)?).await,
        }
    })?;
    Ok(show(&found.to_string()))
}

/// On as many threads as there are cores, like the server.
fn on_all_cores<T: Send + 'static, F: Future<Output = Result<T, BenchError>>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> Result<T, BenchError> {
    let run = || tokio::runtime::Runtime::new()?.block_on(work());
    std::thread::spawn(run).join().expect("a measurement does not panic")
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
fn show(text: &str) -> bool {
    println!("{}", text.trim_end());
    true
}
