"""`custody`: the key that wraps the keys of all cases."""

from __future__ import annotations

from typing import Annotated

import typer

from narrowgate.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command("show")
def show(context: typer.Context) -> None:
    """The custody key's public name, and where it lies."""
    from narrowgate.gateway.site import Site

    out: Output = context.obj
    site = Site(out.home)
    out.result({"id": site.custody.id, "key": site.config.keys["custody"].partition("?")[0]})


@app.command("rotate")
def rotate(
    context: typer.Context,
    new: Annotated[
        str, typer.Option("--new", help="A JWK file (oct, in the site's folder) or a pkcs11: URI.")
    ],
    key: Annotated[
        list[str], typer.Option("--key", help="Two agreement officers, one of the custodian.")
    ],
) -> None:
    """Wrap every key anew under another custody key; the old one opens nothing afterwards."""
    from narrowgate.gateway.rotation import rotate as gateway
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    site = Site(out.home)
    old, wrapped = site.custody.id, gateway(site, new, signers(key))
    out.result({"old": old, "new": Site(out.home).custody.id, "keys": wrapped})
