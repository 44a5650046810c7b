"""Rules on the request as a whole: who signed it, under what, for what, how much, and how sound.

One fault refuses the whole request; all that apply are listed. What is checked lives in
screening/request_rules.py; here stand the figures, the sources and the sentences. Rules with
`always` hold under every agreement, whether or not a clause names them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, PositiveInt

from narrowgate.catalogue.rule import RequestRule, Texts, circumstance
from narrowgate.reasons import Code


def _plain(
    code: Code, cites: tuple[str, ...], fault: str, mend: str, *, passes: str, fails: str
) -> type[RequestRule]:
    """The class of a rule without parameters that holds under every agreement."""
    name = "".join(word.title() for word in code.value.replace(".", "_").split("_"))
    return type(
        name,
        (RequestRule,),
        {
            "__doc__": fault,
            "__module__": __name__,
            "code": code,
            "cites": cites,
            "passes": (circumstance(passes),),
            "fails": (circumstance(fails),),
            "fault": lambda self: fault,
            "mend": lambda self: mend,
        },
    )


_PLAIN = (
    _plain(
        Code.REQUEST_UNREADABLE,
        ("contract section 3", "facts B55"),
        "The request folder, its manifest or its records cannot be read.",
        "Pack the request again with `narrowgate request pack`.",
        passes="a folder as request pack writes it",
        fails="a records file cut off in the middle",
    ),
    _plain(
        Code.REQUEST_TOO_LARGE,
        ("facts R8",),
        "The request is larger than the gate reads.",
        "Send fewer records, or fewer columns.",
        passes="a file within the limits",
        fails="a file that unpacks beyond the limits",
    ),
    _plain(
        Code.REQUEST_EMPTY,
        ("facts B56",),
        "The request holds no records.",
        "Send at least one record.",
        passes="one record",
        fails="a header and no record",
    ),
    _plain(
        Code.REQUEST_SIGNATURE_MISSING,
        ("26 U.S.C. 6103(i)(2)(A)", "facts T10"),
        "The request is not signed.",
        "Have a signatory named in the agreement sign it.",
        passes="one signature",
        fails="no signature",
    ),
    _plain(
        Code.REQUEST_SIGNATURE_INVALID,
        ("facts B20", "RFC 7515 section 5.2"),
        "A signature is not one of the key it names over this manifest.",
        "Sign the manifest again, unaltered.",
        passes="a signature over these bytes",
        fails="a manifest altered after signing",
    ),
    _plain(
        Code.REQUEST_SIGNATORY_NOT_NAMED,
        ("26 U.S.C. 6103(i)(2)(A)", "facts T15", "facts B17"),
        "A signature is by somebody who is not one of the signatories named in the agreement.",
        "Only the named signatories may sign, and nobody for them.",
        passes="signed by a named signatory",
        fails="signed by a deputy",
    ),
    _plain(
        Code.REQUEST_SIGNATORY_REVOKED,
        ("facts T15", "facts B18", "facts B19"),
        "A signatory's key or authority was revoked.",
        "Have a signatory in office sign with a key in force.",
        passes="a signatory in office",
        fails="a signatory whose delegation lapsed",
    ),
    _plain(
        Code.REQUEST_SIGNATURES_TOO_FEW,
        ("facts T15",),
        "Fewer named signatories have signed than the agreement requires.",
        "Have the other signatories sign as well.",
        passes="as many different signatories as required",
        fails="one signatory twice where two are required",
    ),
    _plain(
        Code.REQUEST_AGREEMENT_UNKNOWN,
        ("26 U.S.C. 6103(a)", "facts T1"),
        "The request names an agreement that was not adopted here.",
        "Name an adopted agreement by its id.",
        passes="an adopted agreement",
        fails="no such agreement",
    ),
    _plain(
        Code.REQUEST_AGREEMENT_DIGEST_MISMATCH,
        ("facts R16",),
        "The request was made under another text of the agreement than the one adopted.",
        "Pack the request again under the adopted text.",
        passes="the digest of the adopted file",
        fails="the digest of an earlier draft",
    ),
    _plain(
        Code.REQUEST_AGREEMENT_NOT_IN_FORCE,
        ("5 U.S.C. 552a(o)(2)", "facts C4", "facts B23"),
        "The agreement is not in force: its term has not begun, has run out, or was ended.",
        "Ask while the agreement is in force.",
        passes="the last day of the term",
        fails="the day after the term",
    ),
    _plain(
        Code.REQUEST_AGREEMENT_SUSPENDED,
        ("5 U.S.C. 552a(q)", "facts C6", "facts B23", "facts 2.3"),
        "The agreement is suspended.",
        "Wait until the suspension is lifted.",
        passes="an agreement that stands",
        fails="an agreement suspended by a court's order",
    ),
    _plain(
        Code.REQUEST_REQUESTER_NOT_PARTY,
        ("26 U.S.C. 6103(a)", "facts T1", "facts B54"),
        "The requester is not the party that the agreement names.",
        "Only the party to the agreement may ask under it.",
        passes="the party",
        fails="another agency",
    ),
    _plain(
        Code.REQUEST_PURPOSE_NOT_ALLOWED,
        ("26 U.S.C. 6103(i)(2)(A)", "facts T17", "facts B24", "facts B52", "facts B53"),
        "The purpose is not one that the agreement allows.",
        "Ask for the agreement's purpose only.",
        passes="a purpose code of the agreement",
        fails="civil enforcement",
    ),
    _plain(
        Code.REQUEST_STATUTE_NOT_ALLOWED,
        ("26 U.S.C. 6103(i)(2)(B)(iii)", "facts T13"),
        "The request names no statute, or one that the agreement does not list.",
        "Name the authority, and only statutes listed in the agreement.",
        passes="26 U.S.C. 6103(i)(2)",
        fails="26 U.S.C. 6103(l)(7)",
    ),
    _plain(
        Code.REQUEST_ATTRIBUTE_NOT_ALLOWED,
        ("facts R4", "facts B3", "facts B47", "facts B48"),
        "The request asks for something other than confirmation of what the agreement lists.",
        "Ask for confirmation of name and address only; nothing is ever filled in.",
        passes="name and address",
        fails="phone",
    ),
    _plain(
        Code.REQUEST_ATTESTATION_MISSING,
        ("facts T30", "facts R6", "facts B34", "facts B50"),
        "The request lacks an attestation that the agreement requires.",
        "Have the signatory make every attestation (`request pack --attest ID`).",
        passes="every attestation of the agreement",
        fails="one left out",
    ),
    _plain(
        Code.REQUEST_DOCUMENT_DIGEST_MISMATCH,
        ("facts B20",),
        "A document differs from the one that was signed for.",
        "Pack and sign the request again.",
        passes="the document as signed",
        fails="the document exchanged",
    ),
    _plain(
        Code.REQUEST_RECORDS_DIGEST_MISMATCH,
        ("facts B20",),
        "The records differ from those that were signed for.",
        "Pack and sign the request again.",
        passes="the records as signed",
        fails="a record appended",
    ),
    _plain(
        Code.REQUEST_RECORDS_COUNT_MISMATCH,
        ("facts B56", "facts R14"),
        "The number of records differs from the number that was signed for.",
        "Pack and sign the request again.",
        passes="as many records as the manifest says",
        fails="one more",
    ),
    _plain(
        Code.REQUEST_COLUMN_TYPE,
        ("contract section 3",),
        "A column is not text (or, for dates, a date).",
        "Write the column as text.",
        passes="text",
        fails="a list",
    ),
    _plain(
        Code.REQUEST_REPLAYED,
        ("facts B21",),
        "A request with this request_id was received before.",
        "Pack a new request if another is meant.",
        passes="a request_id of its own",
        fails="the same envelope again",
    ),
)


class SafeguardsNotMet(RequestRule):
    """Nothing about the requester's safeguards is overdue: no review, no finding, no plan."""

    code: ClassVar = Code.REQUEST_SAFEGUARDS_NOT_MET
    cites: ClassVar = ("26 U.S.C. 6103(p)(4)", "facts T25", "facts R7", "facts P11", "facts B49")
    passes: ClassVar = (circumstance("the day on which the review is due"),)
    fails: ClassVar = (circumstance("the day after"), circumstance("a finding without a plan"))

    reviewed: bool = False
    """Whether a review must be on record before anything is answered."""

    def fault(self) -> str:
        missing = "missing or " if self.reviewed else ""
        return (
            f"The requester's safeguard review is {missing}overdue, or has findings without a "
            "dated plan."
        )

    def mend(self) -> str:
        return "Have the review renewed, and each finding planned with a date."


class DocumentMissing(RequestRule):
    """The documents that the request names, and those that the agreement requires, are with it."""

    code: ClassVar = Code.REQUEST_DOCUMENT_MISSING
    cites: ClassVar = ("facts T15", "facts section 1.2")
    passes: ClassVar = (circumstance("each document named lies in the folder"),)
    fails: ClassVar = (circumstance("a document named and not sent"),)

    required: Texts = ()
    """File names of documents that every request names and is sent with."""

    def fault(self) -> str:
        return "A document that the request names, or the agreement requires, is not with it."

    def mend(self) -> str:
        if not self.required:
            return "Pack the request with the document."
        always = ", ".join(self.required)
        return f"Pack the request with the document; every request needs {always}."


class ColumnUnknown(RequestRule):
    """The records have no column beyond the contract's, and none that the agreement does not admit:
    a benefit programme does not carry the numbers of criminal cases.
    """

    code: ClassVar = Code.REQUEST_COLUMN_UNKNOWN
    cites: ClassVar = ("contract section 3", "facts B53", "facts B55")
    passes: ClassVar = (circumstance("columns of the contract"),)
    fails: ClassVar = (circumstance("a column `phone`"),)

    not_admitted: Texts = ()
    """Columns of the contract that requests under the agreement do not have."""

    def fault(self) -> str:
        return "The records have a column that the contract or the agreement does not admit."

    def mend(self) -> str:
        if not self.not_admitted:
            return "Leave out all columns but those of the contract."
        return (
            "Leave out all columns but those of the contract, and of those "
            f"{', '.join(self.not_admitted)}."
        )


class ColumnMissing(RequestRule):
    """The columns that the agreement requires are in the file."""

    code: ClassVar = Code.REQUEST_COLUMN_MISSING
    cites: ClassVar = ("26 U.S.C. 6103(i)(2)(B)", "facts R6", "contract section 2")
    passes: ClassVar = (circumstance("all required columns"),)
    fails: ClassVar = (circumstance("no column order_date"),)
    always: ClassVar = False

    columns: Texts
    one_of: Annotated[
        tuple[Texts, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ] = ()
    """Sets of columns of which at least one must be there."""

    def fault(self) -> str:
        return "The records lack a column that the agreement requires."

    def mend(self) -> str:
        sets = ["one of " + ", ".join(columns) for columns in self.one_of]
        return f"Send these columns: {', '.join((*self.columns, *sets))}."


class Stale(RequestRule):
    """The request is recent and has not expired."""

    code: ClassVar = Code.REQUEST_STALE
    cites: ClassVar = ("facts B22",)
    passes: ClassVar = (circumstance("made thirty days ago"),)
    fails: ClassVar = (circumstance("made thirty-one days ago"), circumstance("expired"))
    always: ClassVar = False

    most_days: PositiveInt

    def fault(self) -> str:
        return f"The request was made more than {self.most_days} days ago, or has expired."

    def mend(self) -> str:
        return "Pack and sign the request again."


class InFuture(RequestRule):
    """The request was made before it came, but for the skew of clocks."""

    code: ClassVar = Code.REQUEST_IN_FUTURE
    cites: ClassVar = ("facts B22",)
    passes: ClassVar = (circumstance("made five minutes ahead of the gate's clock"),)
    fails: ClassVar = (circumstance("made six minutes ahead"),)
    always: ClassVar = False

    skew_minutes: Annotated[int, Field(ge=0)]

    def fault(self) -> str:
        return f"The request is dated more than {self.skew_minutes} minutes in the future."

    def mend(self) -> str:
        return "Set the clock, and pack and sign the request again."


class VolumeExceeded(RequestRule):
    """Persons asked about: a request, a UTC day, a term; the whole envelope, never cut down."""

    code: ClassVar = Code.REQUEST_VOLUME_EXCEEDED
    cites: ClassVar = ("facts R8", "facts B1", "facts B2")
    passes: ClassVar = (circumstance("as many persons as the bound"),)
    fails: ClassVar = (circumstance("one more"),)
    always: ClassVar = False

    per_request: PositiveInt | None = None
    per_day: PositiveInt | None = None
    per_term: PositiveInt | None = None

    def fault(self) -> str:
        return f"The request asks about more persons than the agreement bears: {self._bounds()}."

    def mend(self) -> str:
        return "Ask about fewer persons; a request is never cut down to the bound."

    def _bounds(self) -> str:
        bounds = (
            (self.per_request, "a request"),
            (self.per_day, "a day"),
            (self.per_term, "in the agreement's term"),
        )
        named = [f"{bound:,} {word}" for bound, word in bounds if bound is not None]
        return "at most " + ", ".join(named) if named else "no bound"


class QualityTooLow(RequestRule):
    """Not too many records lack what the law asks of each: more is a fishing expedition."""

    code: ClassVar = Code.REQUEST_QUALITY_TOO_LOW
    cites: ClassVar = ("facts R12", "facts B57", "facts 5.2")
    passes: ClassVar = (circumstance("30 of 100 records at fault where 30 % are borne"),)
    fails: ClassVar = (circumstance("31 of 100"),)
    always: ClassVar = False

    most_percent: Annotated[int, Field(ge=0, le=100)]
    fewest_records: PositiveInt
    """Smaller requests are answered record by record: there a share says nothing."""

    def fault(self) -> str:
        return (
            f"More than {self.most_percent} % of the records lack what the law asks of each "
            f"(counted from {self.fewest_records} records on)."
        )

    def mend(self) -> str:
        return "Mend the records, or leave out those that cannot be mended, and ask again."


class OfficerOverload(RequestRule):
    """An officer personally engaged in an investigation is engaged in so many and no more."""

    code: ClassVar = Code.REQUEST_OFFICER_OVERLOAD
    cites: ClassVar = ("26 U.S.C. 6103(i)(2)(A)", "facts T9", "facts R5", "facts B35")
    passes: ClassVar = (circumstance("as many subjects under one officer as the bound"),)
    fails: ClassVar = (circumstance("one more"),)
    always: ClassVar = False

    most_subjects: PositiveInt

    def fault(self) -> str:
        return f"One engaged officer stands for more than {self.most_subjects:,} subjects."

    def mend(self) -> str:
        return "Name in each record the officer who is personally and directly engaged in it."


RULES = (
    *_PLAIN,
    SafeguardsNotMet,
    DocumentMissing,
    ColumnUnknown,
    ColumnMissing,
    Stale,
    InFuture,
    VolumeExceeded,
    QualityTooLow,
    OfficerOverload,
)
