"""`agreement suspend | resume | renew | end | life`: what happens to an adopted agreement."""

from __future__ import annotations

from typing import Annotated

import typer

from narrowgate.cli.output import Output, table

Id = Annotated[str, typer.Argument(metavar="ID", help="An adopted agreement's id.")]
Officer = Annotated[str, typer.Option("--key", help="An agreement officer's key.")]
Officers = Annotated[
    list[str], typer.Option("--key", help="An agreement officer's key; one of each party.")
]


def suspend(
    context: typer.Context,
    agreement: Id,
    key: Officer,
    order: Annotated[str, typer.Option(help="Number of the court's order; public.")] = "",
    court: Annotated[str, typer.Option(help="The court; sealed.")] = "",
    reason: Annotated[str, typer.Option(help="In words; sealed.")] = "",
) -> None:
    """Suspend an agreement at once: one officer of the custodian's is enough."""
    from narrowgate.gateway.life import suspend as gateway
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    index = gateway(
        Site(out.home), agreement, signers([key])[0], order=order, court=court, reason=reason
    )
    out.result({"agreement": agreement, "state": "suspended", "order": order, "index": index})


def resume(
    context: typer.Context,
    agreement: Id,
    key: Officers,
    reason: Annotated[str, typer.Option(help="In words; sealed.")],
) -> None:
    """Lift a suspension under the signatures of both parties."""
    from narrowgate.gateway.life import resume as gateway
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    index = gateway(Site(out.home), agreement, signers(key), reason=reason)
    out.result({"agreement": agreement, "state": "resumed", "index": index})


def renew(context: typer.Context, agreement: Id, key: Officers) -> None:
    """Renew the term, as the agreement allows; both certify that it was kept and is unchanged."""
    from narrowgate.gateway.life import renew as gateway
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    until = gateway(Site(out.home), agreement, signers(key))
    out.result({"agreement": agreement, "until": f"{until}"})


def end(context: typer.Context, agreement: Id, key: Officers) -> None:
    """End an agreement at once and for good under the signatures of both parties."""
    from narrowgate.gateway.life import end as gateway
    from narrowgate.gateway.site import Site, signers

    out: Output = context.obj
    index = gateway(Site(out.home), agreement, signers(key))
    out.result({"agreement": agreement, "state": "ended", "index": index})


def life(context: typer.Context, agreement: Id) -> None:
    """How an agreement stands: its texts, powers to sign, safeguards, a suspension."""
    from narrowgate.gateway.life import life_of
    from narrowgate.gateway.site import Site
    from narrowgate.instants import stamp

    out: Output = context.obj
    found = life_of(Site(out.home), agreement)
    heads = ("digest", "state", "begins", "until", "replaces", "renewals")
    texts = [
        (t.row.digest, t.stage.value, stamp(t.begins), f"{t.until}", t.row.replaces, t.row.renewals)
        for t in found.texts
    ]
    powers_heads = ("delegator", "delegate", "begins", "over")
    powers = [(d.delegator, d.delegate, stamp(d.begins), stamp(d.over)) for d in found.delegations]
    guarded = found.safeguards
    due = f"{guarded.due}" if guarded.due else None
    out.result(
        {
            "agreement": agreement,
            "texts": [dict(zip(heads, row, strict=True)) for row in texts],
            "delegations": [dict(zip(powers_heads, row, strict=True)) for row in powers],
            "safeguards": {
                "requester": found.requester,
                "due": due,
                "reviewed": guarded.reviewed,
                "open": [finding for finding, _ in guarded.open],
            },
            "suspension": found.suspension or None,
        },
        [
            table(heads, texts),
            *([table(powers_heads, powers)] if powers else []),
            f"safeguards of {found.requester}: due {due or 'never'}, {len(guarded.open)} open",
            *(f"suspended: {name}: {word}" for name, word in found.suspension.items() if word),
        ],
    )


def law_at(
    context: typer.Context,
    moment: Annotated[
        str, typer.Argument(metavar="DATE", help="A date, or a time such as 2026-11-20T12:00:00Z.")
    ],
    agreement: Annotated[str | None, typer.Argument(metavar="ID")] = None,
) -> None:
    """The law of a day: how every agreement stood, as recorded by then.

    Of a date, its last second in UTC.
    """
    from narrowgate.gateway.law_at import law_at as gateway
    from narrowgate.gateway.law_at import moment_of
    from narrowgate.gateway.site import Site
    from narrowgate.instants import stamp

    out: Output = context.obj
    at = moment_of(moment)
    found = gateway(Site(out.home), at, agreement)
    heads = ("agreement", "state", "text", "until", "signing", "safeguards due")
    rows = [
        (
            each.agreement,
            (each.text or each.life.texts[-1]).stage.value,
            each.text.row.digest if each.text else "",
            f"{each.text.until}" if each.text else "",
            ", ".join(each.signing),
            f"{each.life.safeguards.due or ''}",
        )
        for each in found
    ]
    out.result(
        {
            "at": stamp(at),
            "agreements": [
                {
                    **dict(zip(("agreement", "state", "digest", "until"), row[:4], strict=True)),
                    "signing": [*each.signing],
                    "safeguards_due": row[5],
                    "suspension": {
                        name: each.life.suspension[name]
                        for name in ("ground", "order", "at")
                        if each.life.suspension
                    },
                }
                for row, each in zip(rows, found, strict=True)
            ],
        },
        [f"at {stamp(at)}", table(heads, rows) if rows else "no agreement was adopted by then"]
        + [
            f"{each.agreement}: suspended since {each.life.suspension['at']}"
            + (f", order {order}" if (order := each.life.suspension["order"]) else "")
            for each in found
            if each.life.suspension
        ],
    )
