//! Customers whose rows are equal, counted once. A likelihood then costs what there are different rows, and
//! its logarithms what there are different times.
//!
//! Purchases are dated by the day, so times lie on a grid: a row fits into one 64-bit number, and equal rows
//! are found by sorting numbers. Where times lie on no grid, whole rows are sorted.

use crate::{
    summary::{Customers, History},
    time::Unit,
};

/// Rows in the order of x, T, t_x.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    /// The different numbers of purchases, ascending.
    pub(crate) counts: Vec<u32>,
    /// The different times, ascending.
    pub(crate) times: Vec<f64>,
    pub(crate) rows: Vec<Group>,
    /// How many customers there are.
    pub(crate) customers: f64,
    /// How many repeat purchases they made.
    pub(crate) purchases: f64,
    /// The sum of all times of observation.
    pub(crate) observed: f64,
}

/// Customers with the same row, which is kept as places in the tables of counts and times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub(crate) count: u32,
    pub(crate) last: u32,
    pub(crate) end: u32,
    pub(crate) weight: f64,
}

/// Bits for a time on the grid and for a number of purchases, in a packed row.
const TIME_BITS: u32 = 21;
const COUNT_BITS: u32 = 64 - 2 * TIME_BITS;

/// A day as times in days, weeks, months and years would count it.
const GRIDS: [f64; 4] = [Unit::Days.days(), Unit::Weeks.days(), Unit::Months.days(), Unit::Years.days()];

impl Groups {
    pub(crate) fn of(customers: &Customers) -> Self {
        let packed = GRIDS.iter().find_map(|&grid| Some((grid, pack(customers, grid)?)));
        match packed {
            Some((grid, packed)) => from_packed(packed, grid),
            None => from_rows(customers.with_counts().map(|(row, count)| (*row, f64::from(count))).collect()),
        }
    }
    /// For each row of the table its group's place, beside the groups.
    pub(crate) fn with_members(customers: &Customers) -> (Self, Vec<u32>) {
        let places: Vec<(History, u32)> = customers.rows().iter().copied().zip(0..).collect();
        let packed = GRIDS.iter().find_map(|&grid| Some((grid, pack_places(&places, grid)?)));
        let Some((grid, mut packed)) = packed else {
            return members_of_rows(places);
        };
        packed.sort_unstable();
        let mut member = vec![0; packed.len()];
        let mut merged: Vec<(u64, f64)> = Vec::new();
        for (key, at) in packed {
            add(&mut merged, key, 1.0);
            member[at as usize] = merged.len() as u32 - 1;
        }
        (unpack(merged, grid), member)
    }
    pub(crate) fn history_parts(&self, group: &Group) -> (u32, f64, f64) {
        (self.counts[group.count as usize], self.times[group.last as usize], self.times[group.end as usize])
    }
    /// Every so-manieth row: enough to say where to look, in a fraction of the time.
    pub(crate) fn thinned(&self, to: usize) -> Self {
        let every = self.rows.len().div_ceil(to.max(1)).max(1);
        let rows: Vec<Group> = self.rows.iter().copied().skip(every / 2).step_by(every).collect();
        Self { counts: self.counts.clone(), times: self.times.clone(), ..Self::empty() }.filled(rows)
    }
    fn empty() -> Self {
        Self {
            counts: Vec::new(),
            times: Vec::new(),
            rows: Vec::new(),
            customers: 0.0,
            purchases: 0.0,
            observed: 0.0,
        }
    }
    fn filled(mut self, rows: Vec<Group>) -> Self {
        for row in &rows {
            self.customers += row.weight;
            self.purchases += row.weight * f64::from(self.counts[row.count as usize]);
            self.observed += row.weight * self.times[row.end as usize];
        }
        self.rows = rows;
        self
    }
    /// Mean of T, and mean number of purchases.
    pub(crate) fn means(&self) -> (f64, f64) {
        (self.observed / self.customers, self.purchases / self.customers)
    }
}

/// The day of a time, if it is exactly one.
fn day(time: f64, grid: f64) -> Option<u64> {
    let day = (time * grid).round();
    (day / grid == time && day < f64::from(1_u32 << TIME_BITS)).then_some(day as u64)
}

fn key(row: &History, grid: f64) -> Option<u64> {
    let x = u64::from(row.x());
    let (last, end) = (day(row.t_x(), grid)?, day(row.t_end(), grid)?);
    (x < 1 << COUNT_BITS).then_some((x << (2 * TIME_BITS)) | (end << TIME_BITS) | last)
}

fn pack(customers: &Customers, grid: f64) -> Option<Packed> {
    match customers.counts() {
        None => customers.rows().iter().map(|row| key(row, grid)).collect::<Option<_>>().map(Packed::Bare),
        Some(_) => {
            let keyed = |(row, count): (&History, u32)| Some((key(row, grid)?, f64::from(count)));
            customers.with_counts().map(keyed).collect::<Option<_>>().map(Packed::Counted)
        }
    }
}

fn pack_places(places: &[(History, u32)], grid: f64) -> Option<Vec<(u64, u32)>> {
    places.iter().map(|(row, at)| Some((key(row, grid)?, *at))).collect()
}

enum Packed {
    Bare(Vec<u64>),
    Counted(Vec<(u64, f64)>),
}

fn from_packed(packed: Packed, grid: f64) -> Groups {
    let mut merged: Vec<(u64, f64)> = Vec::new();
    match packed {
        Packed::Bare(mut keys) => {
            keys.sort_unstable();
            keys.into_iter().for_each(|key| add(&mut merged, key, 1.0));
        }
        Packed::Counted(mut keys) => {
            keys.sort_unstable_by_key(|it| it.0);
            keys.into_iter().filter(|it| it.1 > 0.0).for_each(|(key, weight)| add(&mut merged, key, weight));
        }
    }
    unpack(merged, grid)
}

fn add(merged: &mut Vec<(u64, f64)>, key: u64, weight: f64) {
    match merged.last_mut() {
        Some(last) if last.0 == key => last.1 += weight,
        _ => merged.push((key, weight)),
    }
}

fn unpack(merged: Vec<(u64, f64)>, grid: f64) -> Groups {
    let parts = |key: u64| {
        let mask = (1 << TIME_BITS) - 1;
        ((key >> (2 * TIME_BITS)) as u32, (key & mask) as u32, ((key >> TIME_BITS) & mask) as u32)
    };
    let days = Table::of(merged.iter().flat_map(|it| [parts(it.0).1, parts(it.0).2]));
    let times = days.entries.iter().map(|&day| f64::from(day) / grid).collect();
    let counts = Table::of(merged.iter().map(|it| parts(it.0).0));
    let rows = merged
        .iter()
        .map(|&(key, weight)| {
            let (x, last, end) = parts(key);
            Group {
                count: counts.place[x as usize],
                last: days.place[last as usize],
                end: days.place[end as usize],
                weight,
            }
        })
        .collect();
    Groups { counts: counts.entries, times, ..Groups::empty() }.filled(rows)
}

/// The different numbers among some small ones, ascending, and where each stands.
struct Table {
    entries: Vec<u32>,
    place: Vec<u32>,
}

impl Table {
    fn of(numbers: impl Iterator<Item = u32> + Clone) -> Self {
        let length = numbers.clone().max().map_or(0, |it| it as usize + 1);
        let mut place = vec![u32::MAX; length];
        numbers.for_each(|it| place[it as usize] = 0);
        let mut entries = Vec::new();
        for (number, place) in (0..).zip(&mut place).filter(|it| *it.1 == 0) {
            *place = entries.len() as u32;
            entries.push(number);
        }
        Self { entries, place }
    }
}

fn order(a: &History, b: &History) -> std::cmp::Ordering {
    let times = |it: &History| (it.x(), it.t_end().to_bits(), it.t_x().to_bits());
    times(a).cmp(&times(b))
}

fn from_rows(mut rows: Vec<(History, f64)>) -> Groups {
    rows.retain(|it| it.1 > 0.0);
    rows.sort_unstable_by(|a, b| order(&a.0, &b.0));
    rows.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    tabled(&rows)
}

fn members_of_rows(mut places: Vec<(History, u32)>) -> (Groups, Vec<u32>) {
    places.sort_unstable_by(|a, b| order(&a.0, &b.0));
    let mut member = vec![0; places.len()];
    let mut merged: Vec<(History, f64)> = Vec::new();
    for (row, at) in places {
        match merged.last_mut() {
            Some(last) if last.0 == row => last.1 += 1.0,
            _ => merged.push((row, 1.0)),
        }
        member[at as usize] = merged.len() as u32 - 1;
    }
    (tabled(&merged), member)
}

fn tabled(rows: &[(History, f64)]) -> Groups {
    let mut times: Vec<f64> = rows.iter().flat_map(|it| [it.0.t_x(), it.0.t_end()]).collect();
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    let mut counts: Vec<u32> = rows.iter().map(|it| it.0.x()).collect();
    counts.dedup();
    let place = |time: f64| times.partition_point(|it| *it < time) as u32;
    let grouped = rows
        .iter()
        .map(|(row, weight)| Group {
            count: counts.partition_point(|it| *it < row.x()) as u32,
            last: place(row.t_x()),
            end: place(row.t_end()),
            weight: *weight,
        })
        .collect();
    Groups { counts, times: times.clone(), ..Groups::empty() }.filled(grouped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customers(rows: &[(f64, f64, f64)]) -> Customers {
        Customers::from_numbers(Unit::Weeks, rows.iter().copied()).unwrap()
    }

    fn told(groups: &Groups) -> Vec<(u32, f64, f64, f64)> {
        let part = |it: &Group| {
            let (x, t_x, t_end) = groups.history_parts(it);
            (x, t_x, t_end, it.weight)
        };
        groups.rows.iter().map(part).collect()
    }

    #[test]
    fn equal_rows_are_counted_on_a_grid_of_days_and_off_it() {
        let on = Groups::of(&customers(&[(1.0, 3.0 / 7.0, 5.0), (0.0, 0.0, 5.0), (1.0, 3.0 / 7.0, 5.0)]));
        assert_eq!(told(&on), [(0, 0.0, 5.0, 1.0), (1, 3.0 / 7.0, 5.0, 2.0)]);
        let off = Groups::of(&customers(&[(1.0, 0.123, 5.0), (0.0, 0.0, 5.0), (1.0, 0.123, 5.0)]));
        assert_eq!(told(&off), [(0, 0.0, 5.0, 1.0), (1, 0.123, 5.0, 2.0)]);
    }

    #[test]
    fn every_row_knows_its_group() {
        for t_x in [3.0 / 7.0, 0.123] {
            let customers = customers(&[(1.0, t_x, 5.0), (0.0, 0.0, 5.0), (1.0, t_x, 5.0)]);
            let (groups, members) = Groups::with_members(&customers);
            assert_eq!(groups.rows.len(), 2);
            assert_eq!(members, [1, 0, 1]);
        }
    }
}
