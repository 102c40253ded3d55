"""Counts as Prometheus text."""

from llamo.serving.metrics import HELP, Metrics


def test_every_measure_is_there_from_the_start():
    text = Metrics().text({"llamo_requests_running": 0, "llamo_requests_waiting": 3})
    assert all(f"# TYPE {name} {kind}" in text for name, (kind, _) in HELP.items())
    assert "\nllamo_requests_waiting 3\n" in text


def test_counters_add_up_by_label():
    metrics = Metrics()
    for status in ("200", "400", "200"):
        metrics.add("llamo_requests_total", path="/health", status=status)
    assert 'llamo_requests_total{path="/health",status="200"} 2\n' in metrics.text({})


def test_buckets_of_a_histogram_hold_all_that_is_below():
    metrics = Metrics()
    for seconds in (0.05, 0.2, 1000):
        metrics.observe("llamo_answer_seconds", seconds)
    text = metrics.text({})
    assert 'llamo_answer_seconds_bucket{le="0.05"} 1\n' in text
    assert 'llamo_answer_seconds_bucket{le="120.0"} 2\n' in text
    assert "llamo_answer_seconds_count 3\n" in text
