"""People at a running cell, and what they type."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from bioctl.app.pipeline import Pipeline
from bioctl.audit.entry import Entry
from bioctl.errors import BioctlError
from bioctl.port.messages import Answer, Command

from ..batch.cell import BATCH  # noqa: TID252  tests are no package
from .setting import Running, kinds

PASSWORD, TYPO = "a long password", "a kong password"
ROLES = {"ada": "operator", "kim": "supervisor", "kit": "supervisor", "quinn": "qa"}


class Desk:
    """People at a running cell."""

    def __init__(self, run: Running, pipeline: Pipeline) -> None:
        self.run, self.pipeline = run, pipeline
        self.tokens: dict[str, str] = {}
        self.given = 0

    async def login(self, user: str) -> str:
        if user not in self.tokens:
            self.tokens[user] = (await self.pipeline.login(user, PASSWORD)).token
        return self.tokens[user]

    async def give(self, user: str, name: str, **more: Any) -> Answer:
        """Give a command and take turns until it is answered."""
        self.given += 1
        fields = {"id": f"c{self.given}", "reason": "test", **more}
        fields["args"] = {"batch": BATCH, **fields.get("args", {})}
        token = await self.login(user)
        (answer,) = await self.answered(self.pipeline.command(token, Command(name=name, **fields)))
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def answered(self, *commands: Coroutine[Any, Any, Answer]) -> list[Any]:
        """Take turns until all are answered; return answers and errors."""
        tasks = [asyncio.create_task(one) for one in commands]
        while not all(task.done() for task in tasks):
            if any(self.run.core.requests.values()):
                await self.run.turn()
            await asyncio.sleep(0)
        return await asyncio.gather(*tasks, return_exceptions=True)

    async def refused(self, user: str, name: str, **more: Any) -> Entry:
        """Give a command that is refused; return its journal entry."""
        with pytest.raises(BioctlError) as error:
            await self.give(user, name, **more)
        last = kinds(await self.run.entries(), "command.rejected")[-1]
        assert last.data["reason"] == str(error.value)
        assert last.data["command"] == name
        return last

    async def start(self, text: str, **args: Any) -> Answer:
        return await self.give("ada", "batch.start", args={"recipe": text, **args})
