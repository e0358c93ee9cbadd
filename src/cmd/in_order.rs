//! Work on many things at a time, with the results in the order of the things.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Things that wait for each thread: enough that none is idle, few enough to be held in memory.
const WAITING: usize = 4;

/// Takes things one after another, works on `threads` of them at a time, and hands on the results
/// in order. No more than a few things for each thread are held at once.
///
/// # Errors
/// The first that `each` gives; nothing more is handed on then.
pub(crate) fn in_order<T: Send, U: Send, E>(
    threads: usize,
    things: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> U + Sync,
    mut each: impl FnMut(U) -> Result<(), E>,
) -> Result<(), E> {
    let waiting = threads.max(1) * WAITING;
    let (todo, jobs) = sync_channel::<(T, SyncSender<U>)>(waiting);
    let (line, results) = sync_channel::<Receiver<U>>(waiting);
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        scope.spawn(move || {
            for thing in things {
                let (done, result) = sync_channel(1);
                if line.send(result).is_err() || todo.send((thing, done)).is_err() {
                    break;
                }
            }
        });
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((thing, done)) = job else { break };
                    // Nobody waits for it any more after an error.
                    let _ = done.send(work(thing));
                }
            });
        }
        for result in results {
            // A thread that panicked sends nothing; the scope tells of it.
            if let Ok(result) = result.recv() {
                each(result)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_error_ends_it() {
        let slow = |n: u64| {
            thread::sleep(std::time::Duration::from_micros(n % 7 * 300));
            n * 2
        };
        let mut seen = Vec::new();
        let ended = in_order(3, 0..200, slow, |n| {
            seen.push(n);
            Ok::<(), ()>(())
        });
        assert_eq!(ended, Ok(()));
        assert_eq!(seen, (0..200).map(|n| n * 2).collect::<Vec<_>>());

        let ended = in_order(2, 0.., slow, |n| if n < 20 { Ok(()) } else { Err(n) });
        assert_eq!(ended, Err(20));
    }
}
