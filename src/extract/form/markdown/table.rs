//! Tables as GFM has them: a head, a line of dashes, and one line a row.
//!
//! A cell there is one line in one column of one row. So line breaks become spaces, and a cell that
//! takes several columns or rows is followed by empty ones; a table without a head gets an empty
//! one.

use super::spans::{Breaks, inline};
use crate::extract::form::element::{Cell, Row};

/// Columns from which on a table is no table any more.
const WIDEST: usize = 500;

pub(super) fn table(rows: &[Row]) -> String {
    let grid: Vec<Vec<String>> = grid(rows);
    let columns = grid.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 || columns > WIDEST {
        let lines = grid.into_iter().map(|mut row| {
            row.retain(|cell| !cell.is_empty());
            row.join(" ")
        });
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        return lines.join("\n\n");
    }
    let has_head = rows.first().is_some_and(|row| {
        let mut cells = row.cells.iter().filter(|cell| !cell.spans.is_empty());
        cells.all(|cell| cell.header)
    });
    let mut lines = Vec::new();
    let mut body = grid.into_iter();
    let mut head = if has_head { body.next() } else { None }.unwrap_or_default();
    head.resize(columns, String::new());
    lines.push(line(&head));
    lines.push(line(&vec!["---".to_owned(); columns]));
    lines.extend(body.map(|row| line(&row)));
    lines.join("\n")
}

fn line(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// The cells' texts, each in its column.
fn grid(rows: &[Row]) -> Vec<Vec<String>> {
    // How many rows more each column is taken by a cell from above.
    let mut taken: Vec<u16> = Vec::new();
    let mut grid = Vec::new();
    for row in rows {
        let mut line = Vec::new();
        for cell in &row.cells {
            skip_taken(&mut taken, &mut line);
            put(cell, &mut taken, &mut line);
        }
        skip_taken(&mut taken, &mut line);
        for rest in taken.iter_mut().skip(line.len()) {
            *rest = rest.saturating_sub(1);
        }
        grid.push(line);
    }
    grid
}

fn skip_taken(taken: &mut [u16], line: &mut Vec<String>) {
    while let Some(rest) = taken.get_mut(line.len()).filter(|rest| **rest > 0) {
        *rest -= 1;
        line.push(String::new());
    }
}

fn put(cell: &Cell, taken: &mut Vec<u16>, line: &mut Vec<String>) {
    let mut text = inline(&cell.spans, Breaks::Cell);
    for _ in 0..cell.columns.clamp(1, 100) {
        let column = line.len();
        if taken.len() <= column {
            taken.resize(column + 1, 0);
        }
        taken[column] = cell.rows.clamp(1, 100) - 1;
        line.push(std::mem::take(&mut text));
    }
}
