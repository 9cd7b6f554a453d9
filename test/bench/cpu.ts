/**
 * CPU time of processes, all threads counted. What is compared is work, not waiting: on a machine that others use too, wall time says
 * little. Called by every part.
 */
import { dlopen } from 'bun:ffi'

/** CPU that this process has used, ms. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** CPU that some work of this process takes, ms; what was left to be collected before is not of its making. */
export function cpuOfWork(work: () => void): number {
  Bun.gc(true)
  const before = ownCpu()
  work()
  return ownCpu() - before
}

/** Reads the CPU that a process of this machine has used, ms. Throws Error when there is no such process. */
export type CpuMeter = (pid: number) => number

/**
 * A meter of other processes, by their CPU clocks (clock_getcpuclockid(3)): /proc/PID/stat counts in steps of 10 ms, which is too coarse
 * for short slices, and /proc/PID/task forgets threads that have ended. Linux with glibc only.
 */
export function cpuMeter(): CpuMeter {
  const { symbols } = dlopen('libc.so.6', {
    clock_getcpuclockid: { args: ['i32', 'ptr'], returns: 'i32' },
    clock_gettime: { args: ['i32', 'ptr'], returns: 'i32' },
  })
  const clock = new Int32Array(1)
  const time = new BigInt64Array(2) // seconds, nanoseconds
  return (pid) => {
    const failed = symbols.clock_getcpuclockid(pid, clock) || symbols.clock_gettime(clock[0] ?? 0, time)
    if (failed) throw new Error(`no CPU clock of process ${pid}`)
    const [seconds = 0n, nanoseconds = 0n] = time
    return Number(seconds) * 1000 + Number(nanoseconds) / 1e6
  }
}
