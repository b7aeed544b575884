"""The log says what happened and never a secret."""

import json
import logging

import pytest

from headwater.kernel import log


@pytest.fixture
def lines(capsys):
    handlers, level = logging.root.handlers[:], logging.root.level
    log.set_up("info", as_json=True)
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    log.set_up("info", as_json=False)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_a_line_has_its_event_level_time_and_fields(lines):
    log.info("job_done", job_id=7)
    (line,) = lines()
    assert (line["event"], line["level"], line["job_id"]) == ("job_done", "info", 7)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("closed file")])
def test_a_line_that_cannot_be_written_stops_nothing(lines, monkeypatch, error):
    class Full:
        def write(self, *_):
            raise error

        flush = write

    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", Full())
        log.info("unheard")
    log.info("heard")
    assert [line["event"] for line in lines()] == ["heard"]


def test_an_error_has_its_traceback(lines):
    try:
        raise ZeroDivisionError("here")
    except ZeroDivisionError as error:
        log.error("failed", error=error)
    (line,) = lines()
    assert "ZeroDivisionError: here" in line["exception"]


def test_what_a_library_logs_is_a_line_of_ours(lines):
    logging.getLogger("some.library").warning("got %s", "Bearer hw_abcdefghijklmnopqrstuvwxyz")
    logging.getLogger("some.library").info("chatter")
    (line,) = lines()
    assert (line["event"], line["logger"], line["message"]) == (
        "library",
        "some.library",
        f"got Bearer {log.MASK}",
    )


def test_a_lower_level_is_silent(lines):
    log.set_up("error", as_json=True)
    log.info("quiet")
    log.warning("quiet")
    assert lines() == []


@pytest.mark.parametrize(
    "text",
    [
        "Bearer hw_abcdefghijklmnopqrstuvwxyz",
        "hws_abcdefghijklmnopqrstuvwxyz",
        "/crm/x?jwt=verysecret&y=1",
        "/clust/api?api_token=verysecret",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef",
    ],
)
def test_secrets_in_texts_are_masked(lines, text):
    log.info("seen", path=text)
    (line,) = lines()
    assert log.MASK in line["path"]
    assert "verysecret" not in line["path"] and "abcdef" not in line["path"]


@pytest.mark.parametrize("name", ["password", "client_secret", "token", "Authorization", "cookie", "api_key"])
def test_fields_with_the_name_of_a_secret_are_masked(lines, name):
    log.info("seen", **{name: "verysecret"})
    assert lines()[0][name] == log.MASK
