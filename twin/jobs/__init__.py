"""Jobs: long work that survives a restart, with progress that a person can watch."""

from twin.jobs.runner import FINAL, Job, JobRunner, Progress, Work

__all__ = ["FINAL", "Job", "JobRunner", "Progress", "Work"]
