"""callclf behind HTTP, with FastAPI; README.md says how to start it and what it answers."""

import json
import sys
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response

import callclf
from callclf.cli.inputs import place
from callclf.errors import ReadError

MAX_BYTES = 8_000_000  # an hour of speech with the time of every word is about 3 MB
callclf.formats()  # imports the readers now, and not in the first request
model = callclf.load("fast").warm_up()  # or "base": finds more, and takes its time
sys.setswitchinterval(0.001)  # or the event loop waits 5 ms for each step while a call is scored
# Nothing from or to the network: no page that loads scripts, no telemetry that a variable turns on.
app = FastAPI(openapi_url=None, telemetry={"auto_configure": False})


async def json_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():  # to its end: who is still sending would hear no answer
        body += chunk[: MAX_BYTES + 1 - len(body)]
    if len(body) > MAX_BYTES:
        raise HTTPException(413, f"more than {MAX_BYTES:,} bytes; send fewer calls at a time")
    if not body.lstrip().startswith((b"{", b"[")):  # tables can unpack to more than they weigh
        raise ReadError("expected JSON in UTF-8: an object, a list or JSON lines")
    return bytes(body)


def record(item: Any) -> dict[str, Any]:
    return {**place(item), "error": str(item)} if isinstance(item, ReadError) else item.to_record()


def answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, default=record), status, media_type="application/json")


@app.exception_handler(ReadError)
async def unreadable(_: Request, error: Exception) -> Response:
    return answer({"detail": str(error)}, 422)


# Not async: scoring is work for the processor, which would keep the event loop from all others.
@app.post("/tag")
def tag(body: Annotated[bytes, Depends(json_body)]) -> Response:
    return answer(model.tag(callclf.read(body)))


@app.post("/tag/batch")
def tag_batch(body: Annotated[bytes, Depends(json_body)]) -> Response:
    return answer(list(model.iter_tags(callclf.iter_read(body, on_error="yield"))))


@app.get("/health")
async def health() -> Response:
    policy = model.policy_.to_dict()
    return answer({"version": model.version, "labels": model.classes_, "policy": policy})
