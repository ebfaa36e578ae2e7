"""The port end to end: real client, real socket, real server."""

import asyncio
import logging
import os
import signal
import socket
import stat
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from bioctl.errors import (
    BioctlError,
    InputError,
    InputErrors,
    IntegrityError,
    RefusedError,
    StorageError,
    UnreachableError,
    UsageError,
    Where,
)
from bioctl.port.client import PortClient
from bioctl.port.messages import Command
from bioctl.port.server import MAX_BODY, create_app, serve


def note(text: str, id_: str = "c1", **more: Any) -> Command:
    return Command(id=id_, name="note.add", args={"text": text, **more})


def raw(path: Path) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(path))
    return httpx.Client(transport=transport, base_url="http://bioctl", trust_env=False)


def test_person_logs_in_and_commands(client: PortClient) -> None:
    session = client.login("ola", "correct horse")
    answer = client.command(session.token, note("hello"))
    assert (session.name, session.role) == ("Ola Nordmann", "operator")
    assert (answer.outcome, answer.data) == ("done", {"seq": 1})


def test_same_command_id_acts_once(client: PortClient) -> None:
    first = client.command("t-ola", note("dose"))
    again = client.command("t-ola", note("dose"))
    assert first == again
    assert len(client.entries()) == 1


def test_rejected_command_comes_back_as_an_answer(client: PortClient) -> None:
    answer = client.command("t-ola", Command(id="x", name="batch.hold"))
    assert answer.outcome == "rejected"


def test_wrong_password_is_refused_and_never_repeated(client: PortClient) -> None:
    with pytest.raises(RefusedError) as caught:
        client.login("ola", "s3cret-guess")
    assert "s3cret-guess" not in str(caught.value)
    assert caught.value.help == "Five misses lock."


@pytest.mark.parametrize("token", [None, "", "t-someone"])
def test_command_without_a_session_is_refused(client: PortClient, token: str | None) -> None:
    with pytest.raises(RefusedError, match="logged in"):
        client.command(token, note("hello"))


def test_view_sends_a_missing_value_as_null(client: PortClient) -> None:
    assert client.view() == {"cell": "notebook", "units": {}, "empty": None, "notes": 0}


def test_entries_follow_after_batch_and_limit(client: PortClient) -> None:
    for number in range(5):
        client.command("t-ola", note(f"n{number}", f"c{number}", batch="AB"[number % 2]))
    assert [entry["seq"] for entry in client.entries(after=3)] == [4, 5]
    assert [entry["sentence"] for entry in client.entries(batch="B")] == ["n1", "n3"]
    assert len(client.entries(limit=2)) == 2


def test_waiting_reader_gets_the_next_entry(controller: Any, client: PortClient) -> None:
    found: list[Any] = []
    reader = threading.Thread(target=lambda: found.extend(client.entries(wait_s=30)))
    reader.start()
    assert controller.cell.waiting.wait(10)
    with PortClient(controller.path) as other:
        other.command("t-ola", note("at last"))
    reader.join(10)
    assert [entry["sentence"] for entry in found] == ["at last"]


ERRORS = [
    InputError("The recipe is wrong.", where=Where("a.yaml", 3, 7), help="Mend it."),
    InputErrors([InputError("one", where=Where("a.yaml", 1)), InputError("two", help="h")]),
    UsageError("Ask otherwise."),
    RefusedError("BR101 is held.", help="Restart it first."),
    UnreachableError("The plant does not answer."),
    StorageError("The disk is full."),
    IntegrityError("Entry 42 was altered."),
    BioctlError("Something a person can act on."),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_error_comes_back_as_the_class_the_cell_raised(
    controller: Any, client: PortClient, error: BioctlError
) -> None:
    controller.cell.fails_with = error
    with pytest.raises(type(error)) as caught:
        client.command("t-ola", note("hello"))
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    assert caught.value.exit_code == error.exit_code


def test_fault_of_the_cell_is_one_sentence_without_a_traceback(
    second: Any, caplog: pytest.LogCaptureFixture
) -> None:
    second.start()
    second.cell.fails_with = ZeroDivisionError("secret inner detail")
    with (
        caplog.at_level(logging.ERROR),
        raw(second.path) as http,
        PortClient(second.path) as client,
    ):
        response = http.get("/v1/view")
        with pytest.raises(BioctlError, match="a fault of its own"):
            client.view()
        second.stop()
    assert response.status_code == 500
    assert set(response.json()) == {"error", "message", "help", "exit_code"}
    assert "secret inner detail" not in response.text
    assert "ZeroDivisionError" not in response.text
    assert "secret inner detail" in caplog.text


WRONG_BODIES = [
    (b"{", "not JSON"),
    (b"\xff\xfe", "not UTF-8"),
    (b"[" * 200_000, "too deeply"),
    (b'{"a": NaN}', "NaN"),
    (b'{"a": 1e999}', "too large"),
    (b'{"a": 9007199254740993}', "2^53"),
    (b'{"a": ' + b"9" * 6000 + b"}", "2^53"),
    (b'{"a": 1, "a": 2}', "'a' stands there twice"),
    (b'{"a": "\\ud800"}', "not UTF-8"),
    (b"[]", "command is wrong"),
    (b"{}", "`id` is missing"),
    (b'{"id": "1", "name": "Batch Hold"}', "`name`"),
    (b'{"id": "1", "name": "batch.hold", "deadlin": 1}', "`deadlin` is not a field"),
    (b'{"id": "1", "name": "batch.hold", "deadline": "soon"}', "`deadline`"),
    (b'{"id": "1", "name": "batch.hold", "signature": {"user": "a"}}', "`signature.password`"),
]


@pytest.mark.parametrize(("body", "finding"), WRONG_BODIES, ids=lambda value: repr(value)[:40])
def test_wrong_body_gets_one_sentence_and_reaches_nothing(
    controller: Any, body: bytes, finding: str
) -> None:
    with raw(controller.path) as http:
        response = http.post("/v1/command", content=body, headers={"authorization": "Bearer t-ola"})
    answer = response.json()
    assert response.status_code == 400
    assert answer["exit_code"] == 1
    assert finding in answer["message"]
    assert not controller.cell.answers


def test_password_of_a_wrong_login_is_not_echoed(controller: Any) -> None:
    with raw(controller.path) as http:
        response = http.post("/v1/login", json={"user": "", "password": "hunter22", "x": 1})
    assert response.status_code == 400
    assert "hunter22" not in response.text


def test_body_above_the_limit_is_refused(controller: Any) -> None:
    with raw(controller.path) as http:
        response = http.post("/v1/command", content=b" " * (MAX_BODY + 1))
    assert response.status_code == 413
    assert str(MAX_BODY) in response.json()["message"]


def test_body_that_never_ends_is_given_up(controller: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bioctl.port.server.BODY_S", 0.05)
    with socket.socket(socket.AF_UNIX) as slow:
        slow.connect(str(controller.path))
        slow.sendall(b"POST /v1/login HTTP/1.1\r\nhost: b\r\ncontent-length: 900\r\n\r\n{")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/v1/login", 405), ("DELETE", "/v1/view", 405)],
)
def test_wrong_route_says_which_there_are(
    controller: Any, method: str, path: str, status: int
) -> None:
    with raw(controller.path) as http:
        response = http.request(method, path)
    assert response.status_code == status
    assert "/v1/entries" in response.json()["help"]


@pytest.mark.parametrize(
    "query", ["after=-1", "wait=61", "limit=0", "after=x", "wait=nan", "order=down"]
)
def test_wrong_question_for_entries_is_refused(controller: Any, query: str) -> None:
    with raw(controller.path) as http:
        response = http.get(f"/v1/entries?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.json()["message"]


def test_only_its_owner_may_open_the_socket(controller: Any) -> None:
    assert stat.S_IMODE(controller.path.stat().st_mode) == 0o600


async def test_port_leaves_signals_to_the_app(socket_path: Path, second: Any) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    ready = asyncio.Event()
    port = asyncio.create_task(serve(create_app(second.cell), socket_path, ready=ready))
    await ready.wait()
    reader, writer = await asyncio.open_unix_connection(socket_path)
    writer.write(b"GET /v1/view HTTP/1.1\r\nhost: bioctl\r\nconnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    writer.close()
    port.cancel()
    with pytest.raises(asyncio.CancelledError):
        await port


@pytest.mark.usefixtures("controller")
def test_second_controller_is_refused_and_the_first_goes_on(
    second: Any, client: PortClient
) -> None:
    second.start()
    second.stop()
    assert isinstance(second.failure, RefusedError)
    assert client.view()["cell"] == "notebook"


def test_socket_left_by_a_crash_is_taken_over(socket_path: Path, second: Any) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path))
    second.start()
    with PortClient(socket_path) as client:
        assert client.view()["cell"] == "notebook"
    second.stop()


def test_stopping_sends_the_waiting_away_and_removes_the_socket(
    socket_path: Path, second: Any
) -> None:
    second.start()
    caught: list[BioctlError] = []

    def read() -> None:
        try:
            with PortClient(socket_path) as client:
                client.entries(wait_s=60)
        except BioctlError as error:
            caught.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert second.cell.waiting.wait(10)
    second.stop()
    reader.join(10)
    assert isinstance(caught[0], UnreachableError)
    assert "stopping" in caught[0].message
    assert not socket_path.exists()


@pytest.mark.parametrize("kind", ["nothing", "file", "left socket"])
def test_nobody_there_says_how_to_start_one(socket_path: Path, kind: str) -> None:
    if kind == "file":
        socket_path.write_text("")
    if kind == "left socket":
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(socket_path))
    with (
        PortClient(socket_path, "bioctl serve --site a.yaml") as client,
        pytest.raises(UnreachableError) as caught,
    ):
        client.view()
    assert str(socket_path) in caught.value.message
    assert "bioctl serve --site a.yaml" in caught.value.help


def test_controller_that_hangs_up_leaves_the_outcome_unknown(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen(1)

        def hang_up() -> None:
            for _knock_then_request in range(2):
                connection, _ = listener.accept()
                connection.recv(65_536)
                connection.close()

        other = threading.Thread(target=hang_up)
        other.start()
        with PortClient(socket_path) as client, pytest.raises(UnreachableError, match="or not"):
            client.command("t-ola", note("dose"))
        other.join(10)


@pytest.mark.parametrize("kind", ["long", "no folder", "folder there"])
def test_socket_that_cannot_be_made_is_told_of(tmp_path: Path, second: Any, kind: str) -> None:
    second.path = {
        "long": tmp_path / ("x" * 120),
        "no folder": tmp_path / "none" / "port.sock",
        "folder there": tmp_path,
    }[kind]
    second.start()
    second.stop()
    assert isinstance(second.failure, InputError if kind == "long" else StorageError)
    assert os.fspath(second.path) in second.failure.message


def test_stranger_at_the_socket_is_no_controller(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen(1)

        def answer() -> None:
            for _knock_then_request in range(2):
                connection, _ = listener.accept()
                with connection:
                    if connection.recv(65_536):
                        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")

        other = threading.Thread(target=answer)
        other.start()
        with PortClient(socket_path) as client, pytest.raises(UnreachableError, match="no bioctl"):
            client.view()
        other.join(10)
