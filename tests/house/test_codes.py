"""The closed list of codes is the contract's, both ways."""

from pathlib import Path

from narrowgate.reasons import Code


def test_codes_are_the_contracts() -> None:
    contract = (Path(__file__).parent / "contract_codes.txt").read_text().split()
    assert sorted(code.value for code in Code) == contract
