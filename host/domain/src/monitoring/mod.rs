//! Monitoring and evaluation 监测评估 (article 34): what is counted of cases and guides, what it says, what is out of the
//! ordinary, and the monthly bulletin.
//!
//! ```text
//!   events ──► fold ──► tallies (counts that add up) ──► indicators (data) ──► pages, open data
//!   guides ──► guide ─────┘                                    ├─► anomaly ──► one improvement case each
//!                                                              └─► bulletin, frozen
//! ```
//!
//! Invariant: everything that is counted is a sum, so that districts, months and replicas add up in any order.

mod anomaly;
mod bulletin;
mod fold;
mod guide;
mod indicator;
mod month;
mod open_data;
mod season;
mod tally;

pub use anomaly::{Grain, History, Matter, Named, Slowed, Unusual, has_come_back, unusual};
pub use bulletin::{
    Bulletin, Contents, Figure, Improvement, LEAST_RANKED, Line, RatingSummary, Standing, Trend, ranked,
};
pub use fold::{Counting, Happened, item_key, tallied};
pub use guide::{GuideFault, GuideFlaw, guide_faults, guide_tally};
pub use indicator::{Formula, Group, Indicator, Unit, Watch, indicator, indicators};
pub use month::{Month, NotAMonth};
pub use open_data::{COLUMNS, OpenRow, SMALL, csv, open_rows};
pub use season::{Baseline, Point, expected};
pub use tally::{Counted, Tally, bucket_of, measure};

/// The kind of the cases that anomalies open.
pub const IMPROVEMENT: &str = "improvement";
