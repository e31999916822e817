"""Cells are chosen by receipt and salt alone, and nobody can place them."""

from __future__ import annotations

import collections
import hashlib

import pytest
from zebroid.benchmarks.attestations.salted_choice import checked_salt, chosen, new_salt
from zebroid.errors import UserError

CELLS = [hashlib.sha256(bytes([i])).hexdigest() for i in range(10)]
RECEIPT = "a" * 64


def test_the_choice_can_be_made_again_with_sha256_alone():
    def key(cell):
        return hashlib.sha256(f'["{RECEIPT}","pepper","{cell}"]'.encode()).hexdigest()

    assert chosen(RECEIPT, "pepper", CELLS, 3) == sorted(CELLS, key=key)[:3]


def test_more_cells_begin_with_the_fewer_and_the_order_of_cells_does_not_matter():
    few, more = chosen(RECEIPT, "s", CELLS, 3), chosen(RECEIPT, "s", CELLS[::-1], 99)
    assert more[:3] == few and sorted(more) == sorted(CELLS)


def test_salt_and_receipt_both_change_the_choice():
    one = chosen(RECEIPT, "s", CELLS, 10)
    assert one != chosen(RECEIPT, "t", CELLS, 10) and one != chosen("b" * 64, "s", CELLS, 10)


def test_every_cell_is_chosen_about_as_often():
    found = collections.Counter(chosen(RECEIPT, str(i), CELLS, 1)[0] for i in range(2_000))
    assert set(found) == set(CELLS) and max(found.values()) < 270 and min(found.values()) > 140


def test_a_drawn_salt_is_new_and_fine():
    assert new_salt() != new_salt() and checked_salt(new_salt())


@pytest.mark.parametrize("salt", ["", " s", "a\x1b[2J", "x" * 101])
def test_a_salt_that_cannot_be_given_again_is_refused(salt):
    with pytest.raises(UserError, match="--salt"):
        checked_salt(salt)
