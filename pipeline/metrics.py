"""Every metric, in one place; `/metrics` serves them where `KHABAR_HEALTH_PORT` is set.

Counters count since the start of the process. `stage` is the stage's name wherever it is a label.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# --- what flows ---

# Inputs answered, by what became of them: forward, divert, reject, tombstone or settled. Counted once the brokers
# have the records, so that what is repeated after a rebalance counts twice.
OUTCOMES = Counter("khabar_outcomes_total", "Inputs answered.", ["stage", "outcome"])

# From the batch's being full to its commit. Tagging takes seconds on a busy machine: the buckets reach to the
# time limit of its child process.
BATCH_SECONDS = Histogram(
    "khabar_batch_seconds", "Batch taken to batch committed.", ["stage"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)  # fmt: skip

# Taken from Faust and not yet committed: what a crash now would repeat.
IN_FLIGHT = Gauge("khabar_in_flight_records", "Records taken and not yet committed.", ["stage"])

# On the broker and not yet done, of the partitions that this worker has.
LAG = Gauge("khabar_lag_records", "Records that wait.", ["stage", "topic", "partition"])

# --- what goes wrong ---

# `error` is the class of the exception. More than a few an hour: look at news.dead-letter.
DEAD_LETTERS = Counter("khabar_dead_letters_total", "Inputs sent to the dead-letter topic.", ["stage", "error"])

# `what` is send (a broker did not take records) or process (a batch failed and is cut, or tried again).
RETRIES = Counter("khabar_retries_total", "Attempts made once more.", ["stage", "what"])

# Share of dead letters among the last inputs; at KHABAR_BREAKER_SHARE the worker ends with status 3.
REJECTED_SHARE = Gauge("khabar_rejected_share", "Dead letters among the last inputs, 0 to 1.", ["stage"])

# 1 once that has happened, for the moment between tripping and the end of the process.
BREAKER_OPEN = Gauge("khabar_breaker_open", "1 where too much was rejected.", ["stage"])

# Each one stops all workers of the stage for a moment. Many: session timeout too short, or workers that crash.
REBALANCES = Counter("khabar_rebalances_total", "Generations of the consumer group seen.", ["stage"])

# Faust skipped records, and they were read again. A few around a rebalance are usual (streams/positions.py).
REREAD = Counter("khabar_reread_total", "Times that skipped records were read again.", ["stage"])

# --- what is about to go wrong ---

# Age of the oldest record that waits over the topic's retention. An alarm belongs at a half: at 1 the broker
# deletes what nobody has read.
RETENTION_USED = Gauge("khabar_retention_used_ratio", "Age of what waits, over its retention.", ["stage"])

# Offsets that the broker no longer had when this worker came to them: anything but 0 is a loss.
EXPIRED = Counter("khabar_expired_records_total", "Records deleted by retention before they were read.", ["stage"])

# How late the event loop is. Above ten seconds `/live` says no.
LOOP_DELAY = Gauge("khabar_loop_delay_seconds", "How late the loop's last beat was.")

# --- the duplicates stage's memory ---

# Of each worker that has the stage, the standbys too. At KHABAR_DUPLICATES_LIMIT the window is shorter than it is
# set to be: `reason="limit"` below counts what went too early.
WINDOW_ARTICLES = Gauge("khabar_duplicates_window_articles", "Inputs that are remembered.")
WINDOW_BYTES = Gauge("khabar_duplicates_window_bytes", "Memory that they take.")
WINDOW_AGE = Gauge("khabar_duplicates_window_age_seconds", "From the oldest of them to the newest.")

# `reason` is age (it has left the window: as it should be) or limit (there were too many).
EVICTIONS = Counter("khabar_duplicates_evictions_total", "Inputs forgotten.", ["reason"])
