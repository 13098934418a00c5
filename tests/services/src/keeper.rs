//! The pipe that a service's life hangs on: orders go in, a line comes out for each, and whichever way the test process
//! ends, the pipe's end tells the other side to end too.

use std::fmt::Display;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};

/// What the other side says when the last order is done.
const READY: &str = "ready";

/// A process with its pipes.
#[derive(Debug)]
pub(crate) struct Keeper {
    process: Child,
    /// Gone only while the keeper is being dropped.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Keeper {
    /// Holds a process that was started with both pipes.
    pub(crate) fn hold(mut process: Child) -> io::Result<Self> {
        let (Some(orders), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::Error::other("it was started without its pipes"));
        };
        Ok(Self { process, orders: Some(orders), answers: BufReader::new(answers) })
    }

    /// The next line; empty where there is none any more.
    pub(crate) fn answer(&mut self) -> io::Result<String> {
        let mut said = String::new();
        self.answers.read_line(&mut said)?;
        Ok(said.trim_end().to_owned())
    }

    /// Gives an order and waits for its one line of answer.
    pub(crate) fn order(&mut self, order: impl Display) -> io::Result<String> {
        if let Some(orders) = &mut self.orders {
            writeln!(orders, "{order}")?;
        }
        self.answer()
    }

    /// Gives an order that is done or not: the error is what was said instead.
    pub(crate) fn obey(&mut self, order: impl Display) -> io::Result<Result<(), String>> {
        let said = self.order(order)?;
        Ok(if said == READY { Ok(()) } else { Err(said) })
    }

    /// Waits until it is ready; where it never will be, it says all it knows and leaves: the error.
    pub(crate) fn ready(&mut self) -> io::Result<Result<(), String>> {
        let mut said = self.answer()?;
        if said == READY {
            return Ok(Ok(()));
        }
        said.push('\n');
        self.answers.read_to_string(&mut said)?;
        Ok(Err(said))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        // Waited for, so that the next test finds the machine quiet; it can't fail in a way that matters here.
        let _ = self.process.wait();
    }
}
