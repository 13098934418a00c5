//! Public statistics of ratings: how many of which grade, by item, department and month, small numbers protected.
//!
//! A count of fewer than [`FEWEST`] ratings is shown as “few”. Where it could be told from a total and its other parts, a
//! further count is hidden (complementary suppression, the smallest first), until no total with its parts leaves exactly
//! one unknown, and what is hidden below a shown total are at least [`FEWEST`] ratings.

use std::collections::BTreeMap;

use super::Grade;

/// So many ratings are shown as a number.
pub const FEWEST: u64 = 5;

/// How many ratings of each grade, and how many bad ones were put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// By grade, the best first.
    pub grades: [u64; 5],
    /// Bad ratings whose rectification is made public.
    pub rectified: u64,
}

impl Counts {
    /// Of this grade.
    pub fn of(&self, grade: Grade) -> u64 {
        self.grades.get(usize::from(grade.number()) - 1).copied().unwrap_or(0)
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.grades.iter().sum()
    }

    /// Bad ratings: 4 and 5.
    pub fn bad(&self) -> u64 {
        Grade::ALL.into_iter().filter(|grade| grade.is_bad()).map(|grade| self.of(grade)).sum()
    }

    /// Satisfaction 满意度: the share of grades 1 to 3 in per cent; none without ratings.
    #[allow(clippy::cast_precision_loss, reason = "counts of a city's ratings are far below 2^52")]
    pub fn satisfaction(&self) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| 100.0 * (total - self.bad()) as f64 / total as f64)
    }

    /// The share of bad ratings that were put right, in per cent; none without bad ones.
    #[allow(clippy::cast_precision_loss, reason = "counts of a city's ratings are far below 2^52")]
    pub fn rectified_share(&self) -> Option<f64> {
        let bad = self.bad();
        (bad > 0).then(|| 100.0 * self.rectified.min(bad) as f64 / bad as f64)
    }

    fn add(&mut self, other: &Self) {
        for (sum, more) in self.grades.iter_mut().zip(other.grades) {
            *sum += more;
        }
        self.rectified += other.rectified;
    }
}

/// The finest count that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// `2026-03`
    pub month: String,
    /// By its Chinese name.
    pub department: String,
    /// By its code; none is what is about no item.
    pub item: Option<String>,
    /// How many.
    pub counts: Counts,
}

/// A count as it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Nobody has rated.
    Nobody,
    /// Some have: too few to be shown, or hidden so that too few elsewhere can't be told.
    Few,
    /// So many.
    Counts(Counts),
}

impl Shown {
    /// The numbers, where they are shown.
    pub const fn counts(&self) -> Option<&Counts> {
        match self {
            Self::Counts(counts) => Some(counts),
            Self::Nobody | Self::Few => None,
        }
    }
}

/// A line of the statistics: all its months together, and each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// All months together.
    pub total: Shown,
    /// Each month, in order.
    pub months: Vec<MonthLine>,
}

/// A month of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthLine {
    /// `2026-03`
    pub month: String,
    /// How many.
    pub shown: Shown,
}

/// An item's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemLine {
    /// Its code; none is what is about no item.
    pub item: Option<String>,
    /// Its numbers.
    pub line: Line,
}

/// A department's line with those of its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentLine {
    /// By its Chinese name.
    pub department: String,
    /// Its numbers.
    pub line: Line,
    /// Its items.
    pub items: Vec<ItemLine>,
}

/// A district's statistics, as everybody may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Everything together.
    pub district: Line,
    /// By department, by name.
    pub departments: Vec<DepartmentLine>,
}

/// A total and the cells that it is the sum of, by their places.
struct Sum {
    total: usize,
    parts: Vec<usize>,
}

/// The cells of a table with what adds up to what.
#[derive(Default)]
struct Sheet {
    cells: Vec<Counts>,
    sums: Vec<Sum>,
}

impl Sheet {
    /// A row: one cell for each month, then their sum. The place of its first cell.
    fn row(&mut self, months: Vec<Counts>) -> usize {
        let first = self.cells.len();
        let mut all = Counts::default();
        for month in &months {
            all.add(month);
        }
        let parts: Vec<usize> = (first..first + months.len()).collect();
        self.cells.extend(months);
        self.sums.push(Sum { total: self.cells.len(), parts });
        self.cells.push(all);
        first
    }

    /// A row that is the sum of others, column by column.
    fn under(&mut self, first: usize, others: &[usize], columns: usize) {
        for column in 0..columns {
            self.sums.push(Sum { total: first + column, parts: others.iter().map(|other| other + column).collect() });
        }
    }

    fn total(&self, at: usize) -> u64 {
        self.cells.get(at).map_or(0, Counts::total)
    }

    /// Which cells are hidden.
    fn hidden(&self) -> Vec<bool> {
        let mut hidden: Vec<bool> = self.cells.iter().map(|cell| (1..FEWEST).contains(&cell.total())).collect();
        let is = |hidden: &[bool], at: usize| hidden.get(at).copied().unwrap_or(false);
        // Every turn hides one more at least, so it ends.
        loop {
            let mut changed = false;
            for sum in &self.sums {
                let unknown: Vec<usize> = sum.parts.iter().copied().filter(|at| is(&hidden, *at)).collect();
                let total_hidden = is(&hidden, sum.total);
                let kept: u64 = unknown.iter().map(|at| self.total(*at)).sum();
                let alone = unknown.len() + usize::from(total_hidden) == 1;
                let too_few = !total_hidden && !unknown.is_empty() && kept < FEWEST;
                if !alone && !too_few {
                    continue;
                }
                let shown = sum.parts.iter().copied().filter(|at| !is(&hidden, *at) && self.total(*at) > 0);
                let next = shown.min_by_key(|at| self.total(*at)).or_else(|| (!total_hidden).then_some(sum.total));
                if let Some(cell) = next.and_then(|at| hidden.get_mut(at)) {
                    *cell = true;
                    changed = true;
                }
            }
            if !changed {
                return hidden;
            }
        }
    }
}

/// What is published of a district's counts in these months.
pub fn published(cells: &[Cell], months: &[String]) -> Published {
    let mut tree: BTreeMap<&str, BTreeMap<Option<&str>, Vec<Counts>>> = BTreeMap::new();
    for cell in cells {
        let Some(column) = months.iter().position(|month| *month == cell.month) else { continue };
        let items = tree.entry(&cell.department).or_default();
        let row = items.entry(cell.item.as_deref()).or_insert_with(|| vec![Counts::default(); months.len()]);
        if let Some(counts) = row.get_mut(column) {
            counts.add(&cell.counts);
        }
    }
    let columns = months.len() + 1;
    let added = |rows: &[&Vec<Counts>]| {
        let mut sum = vec![Counts::default(); months.len()];
        for row in rows {
            for (total, more) in sum.iter_mut().zip(row.iter()) {
                total.add(more);
            }
        }
        sum
    };
    let mut sheet = Sheet::default();
    let mut placed = Vec::new();
    let mut all = Vec::new();
    for (department, items) in &tree {
        let sum = added(&items.values().collect::<Vec<_>>());
        let below: Vec<(Option<&str>, usize)> =
            items.iter().map(|(item, row)| (*item, sheet.row(row.clone()))).collect();
        let first = sheet.row(sum.clone());
        sheet.under(first, &below.iter().map(|(_, at)| *at).collect::<Vec<_>>(), columns);
        placed.push((*department, first, below));
        all.push(sum);
    }
    let district = sheet.row(added(&all.iter().collect::<Vec<_>>()));
    sheet.under(district, &placed.iter().map(|(_, at, _)| *at).collect::<Vec<_>>(), columns);
    let hidden = sheet.hidden();
    let shown = |at: usize| match (sheet.cells.get(at), hidden.get(at)) {
        (Some(_), Some(true)) => Shown::Few,
        (Some(counts), Some(false)) if counts.total() > 0 => Shown::Counts(*counts),
        _ => Shown::Nobody,
    };
    let line = |first: usize| Line {
        total: shown(first + months.len()),
        months: months
            .iter()
            .enumerate()
            .map(|(column, month)| MonthLine { month: month.clone(), shown: shown(first + column) })
            .collect(),
    };
    Published {
        district: line(district),
        departments: placed
            .into_iter()
            .map(|(department, first, below)| DepartmentLine {
                department: department.to_owned(),
                line: line(first),
                items: below
                    .into_iter()
                    .map(|(item, at)| ItemLine { item: item.map(ToOwned::to_owned), line: line(at) })
                    .collect(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(month: &str, department: &str, item: &str, grades: [u64; 5]) -> Cell {
        Cell {
            month: month.to_owned(),
            department: department.to_owned(),
            item: Some(item.to_owned()),
            counts: Counts { grades, rectified: 0 },
        }
    }

    fn months(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn shares_are_of_what_there_is() {
        let counts = Counts { grades: [90, 5, 1, 3, 1], rectified: 3 };
        assert_eq!((counts.total(), counts.bad()), (100, 4));
        assert!(counts.satisfaction().is_some_and(|share| (share - 96.0).abs() < 1e-9));
        assert!(counts.rectified_share().is_some_and(|share| (share - 75.0).abs() < 1e-9));
        assert_eq!(Counts::default().satisfaction(), None);
    }

    #[test]
    fn a_few_are_hidden_with_what_would_tell_them() {
        let cells = [
            cell("2026-03", "甲局", "a", [40, 0, 0, 0, 0]),
            cell("2026-03", "甲局", "b", [0, 0, 0, 0, 1]),
            cell("2026-03", "甲局", "c", [9, 0, 0, 0, 0]),
            cell("2026-03", "乙局", "d", [30, 0, 0, 0, 0]),
        ];
        let published = published(&cells, &months(&["2026-03"]));
        let department = published.departments.iter().find(|one| one.department == "甲局").unwrap();
        let total = |code: &str| {
            department.items.iter().find(|one| one.item.as_deref() == Some(code)).map(|one| one.line.total).unwrap()
        };
        assert!(total("a").counts().is_some());
        assert_eq!(total("b"), Shown::Few);
        assert_eq!(total("c"), Shown::Few, "50 less 40 less 9 would have told the one");
        assert_eq!(department.line.total.counts().map(Counts::total), Some(50));
        assert_eq!(published.district.total.counts().map(Counts::total), Some(80));
    }

    #[test]
    fn where_there_is_one_item_alone_its_department_is_hidden_too() {
        let cells = [cell("2026-03", "甲局", "a", [2, 0, 0, 0, 0]), cell("2026-03", "乙局", "d", [30, 0, 0, 0, 0])];
        let published = published(&cells, &months(&["2026-03"]));
        assert!(published.departments.iter().all(|one| one.line.total == Shown::Few));
        assert_eq!(published.district.total.counts().map(Counts::total), Some(32));
    }

    proptest! {
        #[test]
        fn no_total_and_its_parts_leave_one_unknown(
            numbers in proptest::collection::vec(0_u64..14, 24),
        ) {
            let names = months(&["2026-01", "2026-02", "2026-03"]);
            let cells: Vec<Cell> = numbers
                .iter()
                .enumerate()
                .map(|(at, number)| {
                    let department = format!("{}局", at / 12);
                    cell(&names[at % 3], &department, &format!("{}", at / 3), [*number, 0, 0, 0, 0])
                })
                .collect();
            let published = published(&cells, &names);
            let lines = |line: &Line| {
                let all = std::iter::once(line.total).chain(line.months.iter().map(|month| month.shown));
                all.collect::<Vec<Shown>>()
            };
            let alone = |total: Shown, parts: &[Shown]| {
                let unknown = parts.iter().chain([&total]).filter(|shown| **shown == Shown::Few).count();
                unknown == 1
            };
            let check = |line: &Line| {
                let all = lines(line);
                !alone(all[0], &all[1..])
            };
            prop_assert!(check(&published.district));
            for column in 0..4 {
                let parts: Vec<Shown> = published.departments.iter().map(|one| lines(&one.line)[column]).collect();
                prop_assert!(!alone(lines(&published.district)[column], &parts));
            }
            for department in &published.departments {
                prop_assert!(check(&department.line));
                for item in &department.items {
                    prop_assert!(check(&item.line));
                }
                for column in 0..4 {
                    let parts: Vec<Shown> = department.items.iter().map(|one| lines(&one.line)[column]).collect();
                    prop_assert!(!alone(lines(&department.line)[column], &parts));
                    prop_assert!(parts.iter().all(|shown| shown.counts().is_none_or(|c| c.total() >= FEWEST)));
                }
            }
        }
    }
}
