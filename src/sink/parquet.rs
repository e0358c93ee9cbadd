//! Records as a Parquet file, for whoever asks questions of millions of them.
//!
//! A Parquet file means nothing until its end is written, which a run that is killed never does.
//! So records go to a journal beside the file, as JSON lines, the way any other run writes them;
//! ending the output makes the Parquet file of it under another name and then gives it its own. A
//! reader sees the whole file or none, and a run that was killed goes on from its journal.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, FloatType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use super::row::Row;
use super::{Jsonl, Record, Sink};

/// Rows that are held in memory, and written, at a time.
const GROUP: usize = 1000;

/// Writes records as a Parquet file.
///
/// # Examples
/// ```
/// use cleancopy::outcome::Outcome;
/// use cleancopy::{Record, Sink, sink::Parquet};
/// # let dir = tempfile::tempdir()?;
/// let path = dir.path().join("records.parquet");
/// let journal = std::fs::File::options().create(true).read(true).append(true)
///     .open(Parquet::journal_of(&path))?;
/// let mut sink = Parquet::new(journal, &path)?;
/// sink.put(&Record::of_failure("https://news.example/", Outcome::Timeout, "after 60 s"))?;
/// assert!(!path.exists(), "not before it is whole");
/// sink.finish()?;
/// assert!(std::fs::read(&path)?.starts_with(b"PAR1"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Parquet {
    journal: Jsonl<File>,
    read: File,
    to: PathBuf,
}

impl Parquet {
    /// Writes the file `to` in the end, and until then to a journal, which is open for reading and
    /// writing and may hold records already.
    ///
    /// # Errors
    /// When the journal has no second handle to be read by.
    pub fn new(journal: File, to: &Path) -> io::Result<Self> {
        Ok(Self {
            read: journal.try_clone()?,
            journal: Jsonl::new(journal),
            to: to.to_owned(),
        })
    }

    /// Where the journal of a file belongs: beside it, with `.jsonl` behind its name.
    pub fn journal_of(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(".jsonl");
        name.into()
    }
}

impl Sink for Parquet {
    fn put(&mut self, record: &Record) -> io::Result<()> {
        self.journal.put(record)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.journal.sync()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.journal.finish()?;
        let end = self.read.stream_position()?;
        self.read.rewind()?;
        let mut name = self.to.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        let file = File::create(&part)?;
        write(BufReader::new(&self.read), &file).map_err(told)?;
        file.sync_all()?;
        fs::rename(&part, &self.to)?;
        self.read.seek(io::SeekFrom::Start(end))?;
        Ok(())
    }
}

/// An error of the system stays one.
fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

/// Makes a Parquet file of JSON lines.
fn write(journal: impl BufRead, file: &File) -> Result<(), ParquetError> {
    let lines: Vec<String> = columns(&Row::default())
        .iter()
        .map(|(name, cell)| format!("OPTIONAL {} {name}{};", cell.physical(), cell.logical()))
        .collect();
    let schema = parse_message_type(&format!("message records {{ {} }}", lines.concat()))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::GZIP(parquet::basic::GzipLevel::default()))
        .build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let mut lines = journal.lines();
    loop {
        let mut records = Vec::with_capacity(GROUP);
        for line in lines.by_ref() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            records.push(serde_json::from_str::<Record>(&line).map_err(io::Error::other)?);
            if records.len() == GROUP {
                break;
            }
        }
        if records.is_empty() {
            break;
        }
        let rows: Vec<Row<'_>> = records.iter().map(Row::of).collect();
        let mut table: Vec<_> = rows.iter().map(|row| columns(row).into_iter()).collect();
        let mut group = writer.next_row_group()?;
        while let Some(column) = group.next_column()? {
            let cells = table.iter_mut().filter_map(Iterator::next);
            put(column, cells.map(|(_, cell)| cell).collect())?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// One value, or none, of a type that Parquet has.
enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Number(Option<i32>),
    Millis(Option<i64>),
    Share(Option<f32>),
    Yes(Option<bool>),
}

impl Cell<'_> {
    fn physical(&self) -> &'static str {
        match self {
            Self::Text(_) => "BYTE_ARRAY",
            Self::Number(_) => "INT32",
            Self::Millis(_) => "INT64",
            Self::Share(_) => "FLOAT",
            Self::Yes(_) => "BOOLEAN",
        }
    }

    fn logical(&self) -> &'static str {
        match self {
            Self::Text(_) => " (STRING)",
            Self::Millis(_) => " (TIMESTAMP(MILLIS,true))",
            _ => "",
        }
    }
}

/// The columns of a row by name, always the same ones in the same order.
fn columns<'a>(row: &Row<'a>) -> Vec<(&'static str, Cell<'a>)> {
    let text = |text: Option<&'a str>| Cell::Text(text.map(Cow::Borrowed));
    let made = |text: &Option<String>| Cell::Text(text.clone().map(Cow::Owned));
    let list = |text: &str| Cell::Text((!text.is_empty()).then(|| Cow::Owned(text.to_owned())));
    let at = row
        .fetched_at
        .as_deref()
        .and_then(|at| at.parse::<jiff::Timestamp>().ok());
    vec![
        ("url", text(Some(row.url))),
        ("final_url", text(row.final_url)),
        ("status", Cell::Number(row.status.map(i32::from))),
        (
            "fetched_at",
            Cell::Millis(at.map(jiff::Timestamp::as_millisecond)),
        ),
        ("charset", text(row.charset)),
        ("outcome", text(Some(row.outcome))),
        ("reason", text(row.reason)),
        ("twin_of", text(row.twin_of)),
        ("near_duplicate_of", text(row.near_duplicate_of)),
        ("headline", text(row.headline)),
        ("standfirst", text(row.standfirst)),
        ("authors", list(&row.authors)),
        ("published", made(&row.published)),
        ("published_is_change", Cell::Yes(row.published_is_change)),
        ("modified", made(&row.modified)),
        ("dateline_printed", text(row.dateline_printed)),
        ("dateline_lead", text(row.dateline_lead)),
        ("places", list(&row.places)),
        ("agencies", list(&row.agencies)),
        ("language", text(row.language)),
        ("section", text(row.section)),
        ("tags", list(&row.tags)),
        ("site_name", text(row.site_name)),
        ("canonical_url", text(row.canonical_url)),
        ("image", text(row.image)),
        ("kind", made(&row.kind)),
        ("free", Cell::Yes(row.free)),
        ("credit", text(row.credit)),
        ("text", text(row.text)),
        ("confidence", Cell::Share(row.confidence)),
    ]
}

/// Writes the cells of one column; where there is no value its level says so.
fn put(mut column: SerializedColumnWriter<'_>, cells: Vec<Cell<'_>>) -> Result<(), ParquetError> {
    let (mut texts, mut numbers, mut millis) = (Vec::new(), Vec::new(), Vec::new());
    let (mut shares, mut yeses) = (Vec::new(), Vec::new());
    let kind = cells.first().map_or("", Cell::physical);
    let mut levels = Vec::with_capacity(cells.len());
    for cell in cells {
        let there = match cell {
            Cell::Text(value) => kept(
                &mut texts,
                value.map(|v| ByteArray::from(v.as_bytes().to_vec())),
            ),
            Cell::Number(value) => kept(&mut numbers, value),
            Cell::Millis(value) => kept(&mut millis, value),
            Cell::Share(value) => kept(&mut shares, value),
            Cell::Yes(value) => kept(&mut yeses, value),
        };
        levels.push(i16::from(there));
    }
    let levels = Some(levels.as_slice());
    match kind {
        "BYTE_ARRAY" => column
            .typed::<ByteArrayType>()
            .write_batch(&texts, levels, None)?,
        "INT32" => column
            .typed::<Int32Type>()
            .write_batch(&numbers, levels, None)?,
        "INT64" => column
            .typed::<Int64Type>()
            .write_batch(&millis, levels, None)?,
        "FLOAT" => column
            .typed::<FloatType>()
            .write_batch(&shares, levels, None)?,
        _ => column
            .typed::<BoolType>()
            .write_batch(&yeses, levels, None)?,
    };
    column.close()
}

/// Keeps a value if there is one, and says whether there was.
fn kept<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
    let there = value.is_some();
    values.extend(value);
    there
}
