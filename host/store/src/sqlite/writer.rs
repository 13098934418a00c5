//! The one writer of a SQLite file: takes what waits, one transaction, answers all.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::StoreError;

/// Most writes of one transaction: bounds how long the first of them waits for the last.
const GROUP: usize = 256;
/// Most writes that wait; more wait outside.
const QUEUE: usize = 1024;

/// A write: may be run more than once until it is committed.
pub(crate) type Work<T> =
    Box<dyn for<'c> Fn(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send + Sync>;

/// A write and whoever waits for it, whatever its answer is.
trait Job: Send {
    fn run<'c>(&'c mut self, db: &'c mut SqliteConnection) -> BoxFuture<'c, Result<(), StoreError>>;
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Typed<T> {
    work: Work<T>,
    answer: Option<T>,
    waits: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send + 'static> Job for Typed<T> {
    fn run<'c>(&'c mut self, db: &'c mut SqliteConnection) -> BoxFuture<'c, Result<(), StoreError>> {
        Box::pin(async move {
            self.answer = None;
            self.answer = Some((self.work)(db).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { answer, waits, .. } = *self;
        // Whoever waited may have gone; the write stands.
        let _ = waits.send(committed.and_then(|()| answer.ok_or_else(gone)));
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the database is being closed".to_owned())
}

/// Where writes wait; taken away when the writer is closed.
type Queue = Mutex<Option<mpsc::Sender<Box<dyn Job>>>>;

#[derive(Clone)]
pub(crate) struct Writer {
    queue: Arc<Queue>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Writer {
    pub(crate) async fn open(options: &SqliteConnectOptions) -> Result<Self, StoreError> {
        let mut db = options.connect().await?;
        sqlx::migrate!("migrations/sqlite").run(&mut db).await?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let task = tokio::spawn(run(db, jobs));
        Ok(Self { queue: Arc::new(Mutex::new(Some(queue))), task: Arc::new(Mutex::new(Some(task))) })
    }

    pub(crate) async fn write<T: Send + 'static>(&self, work: Work<T>) -> Result<T, StoreError> {
        let (waits, answer) = oneshot::channel();
        let queue = self.queue.lock().ok().and_then(|queue| queue.clone()).ok_or_else(gone)?;
        let job: Box<dyn Job> = Box::new(Typed { work, answer: None, waits });
        queue.send(job).await.map_err(|_| gone())?;
        drop(queue);
        answer.await.map_err(|_| gone())?
    }

    /// Takes no more, and waits until what was taken is written.
    pub(crate) async fn close(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        let task = self.task.lock().ok().and_then(|mut task| task.take());
        if let Some(Err(error)) = futures::future::OptionFuture::from(task).await {
            tracing::error!(%error, "the writer of the database ended badly");
        }
    }
}

async fn run(mut db: SqliteConnection, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        match together(&mut db, &mut group).await {
            Ok(()) => group.drain(..).for_each(|job| job.answer(Ok(()))),
            Err(_) => {
                for mut job in group.drain(..) {
                    let done = together(&mut db, std::slice::from_mut(&mut job)).await;
                    job.answer(done);
                }
            }
        }
    }
    if let Err(error) = db.close().await {
        tracing::error!(%error, "the database was not closed cleanly; it recovers at the next start");
    }
}

/// Runs jobs in one transaction; where one fails, nothing of any of them stays.
async fn together(db: &mut SqliteConnection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    // IMMEDIATE: the lock is taken now, not in the middle.
    db.execute("BEGIN IMMEDIATE").await?;
    for job in jobs.iter_mut() {
        if let Err(error) = job.run(db).await {
            undo(db).await;
            return Err(error);
        }
    }
    if let Err(error) = db.execute("COMMIT").await {
        undo(db).await;
        return Err(error.into());
    }
    Ok(())
}

async fn undo(db: &mut SqliteConnection) {
    if let Err(error) = db.execute("ROLLBACK").await {
        // SQLite has undone it by itself already, e.g. when the disk is full.
        tracing::debug!(%error, "nothing to roll back");
    }
}
