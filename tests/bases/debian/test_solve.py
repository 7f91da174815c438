from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neve.bases.debian.index import Index
from neve.bases.debian.solve import closure
from neve.errors import ManyErrors, NeveError
from tests.bases.debian.archive import index_of, stanza


def names(index: Index, *wanted: str) -> list[str]:
    return [package.name for package in closure(index, wanted)]


def versions(index: Index, *wanted: str) -> dict[str, str]:
    return {package.name: package.version for package in closure(index, wanted)}


def test_depends_and_pre_depends_but_no_recommends() -> None:
    index = index_of(
        stanza("app", depends="lib (>= 1)", pre_depends="base", recommends="docs"),
        stanza("lib"),
        stanza("base"),
        stanza("docs"),
    )
    assert names(index, "app") == ["app", "base", "lib"]


def test_nothing_wanted_is_nothing() -> None:
    assert closure(index_of(stanza("a")), []) == ()


def test_cycles() -> None:
    index = index_of(stanza("libc6", depends="libgcc"), stanza("libgcc", depends="libc6"))
    assert names(index, "libc6", "libgcc", "libc6") == ["libc6", "libgcc"]


def test_the_newest_version_that_is_admitted() -> None:
    index = index_of(
        stanza("lib", "1.0"),
        stanza("old", depends="lib (<< 2)"),
        security=(stanza("lib", "2.0"), stanza("new")),
    )
    assert versions(index, "lib") == {"lib": "2.0"}
    assert versions(index, "lib=1.0") == {"lib": "1.0"}
    assert versions(index, "lib", "old") == {"lib": "1.0", "old": "1.0"}
    assert versions(index, "old", "lib") == {"lib": "1.0", "old": "1.0"}


def test_the_first_alternative_unless_another_is_there() -> None:
    packages = [stanza("app", depends="a | b"), stanza("a"), stanza("b"), stanza("user", depends="b")]
    assert names(index_of(*packages), "app") == ["a", "app"]
    assert names(index_of(*packages), "app", "b") == ["app", "b"]
    assert names(index_of(*packages), "app", "user") == ["app", "b", "user"]


def test_an_alternative_that_does_not_exist() -> None:
    assert names(index_of(stanza("app", depends="gone | a (>= 2) | b"), stanza("a"), stanza("b")), "app") == [
        "app",
        "b",
    ]


def test_an_alternative_that_leads_nowhere_is_taken_back() -> None:
    index = index_of(
        stanza("app", depends="a | b, z"),
        stanza("a", depends="a2"),
        stanza("a2", depends="a3 (>= 9)"),
        stanza("a3"),
        stanza("b"),
        stanza("z"),
    )
    assert names(index, "app") == ["app", "b", "z"]


def test_virtual_packages_by_priority_then_name() -> None:
    packages = [
        stanza("base", pre_depends="awk"),
        stanza("gawk", provides="awk", priority="optional"),
        stanza("mawk", provides="awk", priority="required"),
        stanza("bawk", provides="awk"),
    ]
    assert names(index_of(*packages), "base") == ["base", "mawk"]
    assert names(index_of(*packages), "base", "gawk") == ["base", "gawk"]
    assert names(index_of(*packages[:2], packages[3]), "base") == ["base", "bawk"]


def test_versioned_provides() -> None:
    index = index_of(
        stanza("app", depends="api (>= 2)"),
        stanza("plain", provides="api"),
        stanza("older", provides="api (= 1)"),
        stanza("right", provides="other, api (= 2.1)"),
    )
    assert names(index, "app") == ["app", "right"]


def test_a_real_package_comes_before_its_providers() -> None:
    index = index_of(stanza("app", depends="x"), stanza("aaa", provides="x", priority="required"), stanza("x"))
    assert names(index, "app") == ["app", "x"]


@pytest.mark.parametrize("field", ["conflicts", "breaks"])
def test_conflicts_lead_to_another_alternative(field: str) -> None:
    index = index_of(
        stanza("app", depends="base, a | b"),
        stanza("base", **{field: "a (<< 2)"}),
        stanza("a"),
        stanza("b"),
    )
    assert names(index, "app") == ["app", "b", "base"]
    other_side = index_of(
        stanza("app", depends="base, a | b"), stanza("base"), stanza("a", **{field: "base"}), stanza("b")
    )
    assert names(other_side, "app") == ["app", "b", "base"]


def test_a_conflict_that_comes_up_later_takes_the_choice_back() -> None:
    index = index_of(
        stanza("app", depends="a | b, c | d, e | f"),
        *(stanza(name) for name in "bdf"),
        stanza("a"),
        stanza("c"),
        stanza("e", depends="g"),
        stanza("g", conflicts="a"),
    )
    found = names(index, "app")
    assert not ("a" in found and "g" in found)
    only = index_of(stanza("app", depends="a | b, e | f"), stanza("a"), stanza("b"), stanza("e", conflicts="a"))
    assert names(only, "app") == ["app", "b", "e"]


def test_the_only_provider_may_conflict_with_what_it_provides() -> None:
    packages = [
        stanza("m1", provides="mail", conflicts="mail"),
        stanza("m2", provides="mail", conflicts="mail"),
        stanza("app", depends="mail"),
    ]
    assert names(index_of(*packages), "m1", "app") == ["app", "m1"]
    with pytest.raises(NeveError, match="conflict"):
        closure(index_of(*packages), ["m1", "m2"])


def test_a_conflict_without_a_way_out_says_who() -> None:
    index = index_of(stanza("app", depends="a, b"), stanza("a", depends="c"), stanza("c", conflicts="b"), stanza("b"))
    with pytest.raises(NeveError) as caught:
        closure(index, ["app"])
    assert "conflicts with b" in str(caught.value)


def test_what_cannot_be_satisfied_names_the_chain() -> None:
    index = index_of(
        stanza("app", depends="mid"),
        stanza("mid", depends="low"),
        stanza("low", depends="z (>= 2) | y"),
        stanza("z"),
    )
    with pytest.raises(NeveError) as caught:
        closure(index, ["app"])
    text = str(caught.value)
    assert "app 1.0 -> mid 1.0 -> low 1.0 -> z (>= 2) | y" in text
    assert "the suite has z 1.0" in text
    assert "y: the suite has no such package" in text


def test_all_unknown_names_in_one_error() -> None:
    index = index_of(stanza("libgl1"), stanza("ffmpeg"), stanza("libglib2.0-0t64"))
    with pytest.raises(ManyErrors) as caught:
        closure(index, ["libgl2", "ffmpeg", "fmpeg3", "libglib2.0-0", "Nope", "a;b", "libgl1=1;x", "libgl1=9"])
    text = str(caught.value)
    assert len(caught.value.errors) == 7
    assert "did you mean libgl1?" in text
    assert "did you mean libglib2.0-0t64?" in text
    assert "write libgl1=1.0" in text


def test_a_virtual_name_is_taken_where_one_package_provides_it() -> None:
    index = index_of(stanza("libt64", provides="lib (= 1.0)"), stanza("m", provides="awk"), stanza("n", provides="awk"))
    assert names(index, "lib") == ["libt64"]
    with pytest.raises(NeveError, match="provided by m, n"):
        closure(index, ["awk"])


def test_qualifiers_and_essential() -> None:
    index = index_of(
        stanza("app", depends="py:any, tool:amd64, gone:arm64 | there"),
        stanza("py"),
        stanza("tool"),
        stanza("gone"),
        stanza("there"),
        stanza("ess", essential="yes"),
    )
    assert names(index, "app") == ["app", "py", "there", "tool"]


def test_choices_that_have_nothing_to_do_with_a_contradiction_are_not_tried_again() -> None:
    # 2 ** 40 combinations, were every choice tried with every other.
    choices = [stanza(f"{letter}{n}") for n in range(40) for letter in "xy"]
    needs = ", ".join(f"x{n} | y{n}" for n in range(40))
    index = index_of(
        stanza("app", depends=f"{needs}, p | q"),
        *choices,
        stanza("p", depends="none"),
        stanza("q", depends="none"),
    )
    with pytest.raises(NeveError, match="none: the suite has no such package"):
        closure(index, ["app"])


GRAPHS = st.lists(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), max_size=4), min_size=10, max_size=10)


@given(GRAPHS, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4))
def test_what_is_found_holds_and_nothing_is_missed(
    graph: list[list[list[int]]], conflicts: list[tuple[int, int]]
) -> None:
    bars = {n: [b for a, b in conflicts if a == n and b != n] for n in range(10)}
    index = index_of(
        *(
            stanza(
                f"p{n}",
                depends=", ".join(" | ".join(f"p{m}" for m in group) for group in groups),
                conflicts=", ".join(f"p{m}" for m in bars[n]),
            )
            for n, groups in enumerate(graph)
        )
    )

    def holds(chosen: set[int]) -> bool:
        return all(
            all(chosen.intersection(group) for group in graph[n]) and not chosen.intersection(bars[n]) for n in chosen
        )

    try:
        found = {int(name[1:]) for name in names(index, "p0")}
    except NeveError:
        subsets = ({n for n in range(10) if bits >> n & 1} for bits in range(1, 1024, 2))
        assert not any(holds(subset) for subset in subsets)
    else:
        assert 0 in found
        assert holds(found)
