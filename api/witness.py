"""A witness over HTTP (C2SP tlog-witness): one route that cosigns or refuses."""

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from signatures.tlog import Witness

MAX_BODY_BYTES = 512 * 1024  # a checkpoint and 63 hashes


def create_witness(witness: Witness, vkey: str) -> FastAPI:
    """Return the service of a witness.

    Args:
        witness: Judges.
        vkey: Its verifier key, which anyone may ask for.
    """
    app = FastAPI(title="Kaksik witness", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    @app.get("/vkey")
    def key() -> Response:
        return Response(vkey + "\n", media_type="text/plain")

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY_BYTES:
                return Response("The request is too large.\n", 400, media_type="text/plain")
        answer = await run_in_threadpool(witness.add_checkpoint, bytes(body))
        return Response(answer.body, answer.status, media_type=answer.content_type)

    return app
