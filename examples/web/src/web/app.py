"""The application and the `web` command, which serves it."""

import os
import platform
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

_HERE = Path(__file__).parent

app = FastAPI(title="web", version="0.1.0")
app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
templates = Jinja2Templates(directory=_HERE / "templates")


@app.get("/", response_class=HTMLResponse)
def page(request: Request) -> HTMLResponse:
    """The page, rendered from a template that lies in the package."""
    values = {
        "greeting": os.environ.get("WEB_GREETING", "Hello"),
        "python": platform.python_version(),
        "user": f"{os.getuid()}:{os.getgid()}",
    }
    return templates.TemplateResponse(request, "page.html", values)


@app.get("/health")
def health() -> dict[str, str]:
    """What a probe asks for."""
    return {"status": "ok"}


def main() -> None:
    """Serve on all addresses; PORT and HOST change where. uvicorn ends cleanly on SIGTERM and SIGINT."""
    host = os.environ.get("HOST", "0.0.0.0")  # noqa: S104 - a container is reached from outside
    uvicorn.run(app, host=host, port=int(os.environ.get("PORT", "8000")))
