//! What the numbers were measured on, and what a process has used of it.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// One line: processor, cores, kernel, how busy it was.
pub(crate) fn about() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let busy = load.split(' ').next().unwrap_or("?");
    let cores = cores();
    format!("{model}, {cores} cores, Linux {}, load {busy} at the end of the run. Medians.", kernel.trim())
}

/// Cores of this machine.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Processor time of a process so far, all its threads that still run together, in nanoseconds' grain.
pub(crate) fn processor_time(process: u32) -> anyhow::Result<Duration> {
    let mut total = 0;
    for task in
        fs::read_dir(format!("/proc/{process}/task")).context("this benchmark reads /proc, so it needs Linux")?
    {
        let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        total += stat.split(' ').next().and_then(|spent| spent.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(total))
}

/// Resident memory of this process, in KiB.
pub(crate) fn resident() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status").context("this benchmark reads /proc, so it needs Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
