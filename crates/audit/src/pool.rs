//! Work in several threads whose results are taken in the order of the work.

use std::sync::{
    Mutex, PoisonError,
    mpsc::{self, Receiver, SyncSender},
};

/// So many pieces of work may be begun before the first is taken.
const AHEAD: usize = 64;

/// Takes a result; `false` when nobody wants any more.
pub type Give<'a, T> = &'a mut dyn FnMut(T) -> bool;

/// Does the work and takes its results, in order, until there is an error. A result waits until those before it were
/// taken, so that memory stays small.
pub fn in_order<J, T: Send, E>(
    mut jobs: impl Iterator<Item = J> + Send,
    threads: usize,
    work: impl Fn(J, Give<'_, T>) + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    if threads > 1 {
        return in_threads(jobs, threads, work, take);
    }
    jobs.try_for_each(|job| {
        let mut outcome = Ok(());
        work(job, &mut |it| {
            outcome = take(it);
            outcome.is_ok()
        });
        outcome
    })
}

fn in_threads<J, T: Send, E>(
    jobs: impl Iterator<Item = J> + Send,
    threads: usize,
    work: impl Fn(J, Give<'_, T>) + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let (order, results) = mpsc::sync_channel(AHEAD);
    let queue = Mutex::new(Some((jobs, order)));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| while next(&queue, &work) {});
        }
        // Dropped before the scope waits for its threads, so that none waits for somebody to take what it has.
        let results: Receiver<Receiver<T>> = results;
        results.iter().flat_map(Receiver::into_iter).try_for_each(&mut take)
    })
}

type Queue<J, T> = Mutex<Option<(J, SyncSender<Receiver<T>>)>>;

// Takes a place in the order before it works, and closes the queue when there is nothing left or nobody to take it.
fn next<J, T>(queue: &Queue<impl Iterator<Item = J>, T>, work: &impl Fn(J, Give<'_, T>)) -> bool {
    let (job, give) = {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((jobs, order)) = queue.as_mut() else { return false };
        let (give, taken) = mpsc::sync_channel(1);
        match jobs.next() {
            Some(job) if order.send(taken).is_ok() => (job, give),
            _ => {
                *queue = None;
                return false;
            }
        }
    };
    work(job, &mut |it| give.send(it).is_ok());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_work_however_long_each_takes() {
        let work = |job: usize, give: Give<'_, usize>| {
            std::thread::sleep(std::time::Duration::from_micros(job as u64 % 7 * 50));
            for part in 0..job % 3 {
                give(job * 10 + part);
            }
        };
        let wanted: Vec<usize> = (0..500).flat_map(|job| (0..job % 3).map(move |it| job * 10 + it)).collect();
        for threads in [1, 4] {
            let mut taken = Vec::new();
            let outcome: Result<(), ()> = in_order(0..500, threads, work, |it| {
                taken.push(it);
                Ok(())
            });
            assert_eq!((outcome, &taken), (Ok(()), &wanted));
        }
    }

    #[test]
    fn after_an_error_nothing_more_is_taken_and_nobody_waits_for_ever() {
        let work = |job: usize, give: Give<'_, usize>| {
            while give(job) {}
        };
        for threads in [1, 3] {
            let mut left = 3;
            let outcome = in_order(0.., threads, work, |_| {
                left -= 1;
                if left == 0 { Err("enough") } else { Ok(()) }
            });
            assert_eq!((outcome, left), (Err("enough"), 0));
        }
    }
}
