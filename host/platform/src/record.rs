//! Records of calls that nobody waits for: written beside the request, dropped and counted where too many wait.

use std::sync::Mutex;

use jiff::Timestamp;
use lotus_domain::record::CallRecord;
use lotus_store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Most records that wait to be written.
const QUEUE: usize = 1024;

pub(crate) struct Recorder {
    queue: Mutex<Option<mpsc::Sender<CallRecord>>>,
}

impl Recorder {
    pub(crate) fn start(store: Store) -> (Self, JoinHandle<()>) {
        let (queue, mut records) = mpsc::channel::<CallRecord>(QUEUE);
        let writing = tokio::spawn(async move {
            while let Some(record) = records.recv().await {
                if let Err(error) = store.record_append(record.division.clone(), record).await {
                    tracing::warn!(%error, "the record of a call was not kept");
                }
            }
        });
        (Self { queue: Mutex::new(Some(queue)) }, writing)
    }

    /// Keeps a record, unless too many wait: a plugin that fails all the time must not fill the memory.
    pub(crate) fn keep(&self, record: CallRecord) {
        let queue = self.queue.lock().ok().and_then(|queue| queue.clone());
        if queue.is_none_or(|queue| queue.try_send(record).is_err()) {
            tracing::debug!("the record of a call was not kept: too many wait");
        }
    }

    /// Takes no more; what waits is still written.
    pub(crate) fn stop(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
    }
}

/// A record's id: its moment in milliseconds, then 20 random bits, so that ids grow with time and replicas don't meet.
pub(crate) fn record_id(at: Timestamp) -> i64 {
    let random = i64::from(rand::random::<u32>() >> 12);
    (at.as_millisecond() << 20) | random
}
