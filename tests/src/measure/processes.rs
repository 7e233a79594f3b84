//! CPU time and memory of processes that run, from `/proc` (proc(5)).

use std::fs;

/// Ticks of a second in `/proc`: `USER_HZ`, which is 100 on x86-64 and ARM.
const TICKS: f64 = 100.0;

/// What `/proc/PID/stat` says about a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The process that started it.
    pub parent: u32,
    /// CPU time of all its threads, user and system, in hundredths of a second.
    pub own_ticks: u64,
    /// The same of its children that have ended and that it has waited for, with theirs.
    pub reaped_ticks: u64,
}

/// Reads a line of `/proc/PID/stat`; `None` if it is none.
pub fn stat(line: &str) -> Option<Stat> {
    // The name of the program is in parentheses, and may contain some.
    let (_, rest) = line.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // `rest` begins with the third field: its parent is the fourth, the times are the 14th to the 17th.
    let ticks = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own_ticks: ticks(14)? + ticks(15)?,
        reaped_ticks: ticks(16)? + ticks(17)?,
    })
}

/// The peak of the resident memory in `/proc/PID/status`, in KiB; `None` if it is not there.
pub fn peak_kib(status: &str) -> Option<u64> {
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix("kB")?.trim_end().parse().ok()
}

/// The CPU time of a process that runs, in seconds, to a hundredth; `None` if it has ended.
pub fn cpu_of(process: u32) -> Option<f64> {
    Some(of(process)?.own_ticks as f64 / TICKS)
}

/// The CPU time of a process that runs, of its children, and of those of them that have ended, in seconds.
pub fn cpu_of_family(process: u32) -> Option<f64> {
    loop {
        let before = of(process)?;
        let children = children(process).into_iter().filter_map(of);
        let ticks = children.fold(0, |sum, child| sum + child.own_ticks + child.reaped_ticks);
        let parent = of(process)?;
        // A child that was waited for meanwhile may be in neither of the two sums, or in both.
        if parent.reaped_ticks == before.reaped_ticks {
            return Some((ticks + parent.own_ticks + parent.reaped_ticks) as f64 / TICKS);
        }
    }
}

/// The peak of the resident memory of a process that runs, in KiB; `None` if it has ended.
pub fn peak_of(process: u32) -> Option<u64> {
    peak_kib(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

/// The children of a process that run or were not waited for.
pub fn children(process: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes.filter(|id| of(*id).is_some_and(|stat| stat.parent == process)).collect()
}

/// The command line of a process; empty if it has ended.
pub fn command_line(process: u32) -> String {
    let line = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ")
}

fn of(process: u32) -> Option<Stat> {
    stat(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_stat_is_read_whatever_the_program_is_called() {
        let times = "S 7 42 42 0 -1 4194560 100 200 0 0 15 4 30 2 20 0 1 0 123 1000 200";
        for name in ["(postgres)", "(a b)", "(a) S 1 (b)", "()"] {
            let expected = Stat { parent: 7, own_ticks: 19, reaped_ticks: 32 };
            assert_eq!(stat(&format!("42 {name} {times}")), Some(expected), "{name}");
        }
        for line in ["", "42 (postgres)", "42 (postgres) S 7 42", "42 postgres S 7"] {
            assert_eq!(stat(line), None, "{line}");
        }
    }

    #[test]
    fn the_peak_is_found_in_a_status() {
        for (status, expected) in [
            ("Name:\ta\nVmHWM:\t   37120 kB\nVmRSS:\t 100 kB\n", Some(37_120)),
            ("Name:\ta\nVmRSS:\t 100 kB\n", None),
            ("VmHWM:\tmuch kB\n", None),
        ] {
            assert_eq!(peak_kib(status), expected, "{status}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_a_peak_and_a_parent_with_children() {
        let us = std::process::id();
        assert!(peak_of(us).unwrap() > 0);
        assert!(cpu_of_family(us).unwrap() >= cpu_of(us).unwrap());
        assert!(children(of(us).unwrap().parent).contains(&us));
        assert!(command_line(us).contains("tollbook"), "{}", command_line(us));
    }
}
