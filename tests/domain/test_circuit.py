"""A circuit breaker as a value."""

from hypothesis import given
from hypothesis import strategies as st

from domain.circuit import Circuit, CircuitRules, CircuitState

RULES = CircuitRules(most_faults=3, pause_seconds=10, longest_pause_seconds=35)


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit()
    for _ in range(3):
        circuit = circuit.after_fault(RULES, now, was_probe=False)
    return circuit


def probing(circuit: Circuit, now: float) -> Circuit:
    entered = circuit.entered(now)
    assert entered
    assert entered.is_probing
    return entered


def test_faults_in_a_row_open_it_and_a_whole_answer_between_them_does_not() -> None:
    circuit = Circuit()
    for fault in (True, True, False, True, True):
        after = circuit.after_fault(RULES, 0, was_probe=False) if fault else circuit.after_success(was_probe=False)
        circuit = after
    assert circuit.state(0) is CircuitState.CLOSED
    circuit = circuit.after_answer(was_probe=False).after_fault(RULES, 5, was_probe=False)
    assert (circuit.state(14.9), circuit.state(15)) == (CircuitState.OPEN, CircuitState.HALF_OPEN)
    assert circuit.entered(14.9) is None
    assert circuit.wait_seconds(10) == 5


def test_one_probe_at_a_time_decides() -> None:
    probe = probing(opened(), now=10)
    assert probe.entered(10) is None
    assert probe.after_answer(was_probe=True) == Circuit()
    assert probe.after_success(was_probe=True) == Circuit()
    left = probe.after_nothing(was_probe=True)
    assert probing(left, now=10) == probe


def test_each_failed_probe_doubles_the_pause_up_to_a_bound() -> None:
    circuit, now, pauses = opened(), 0.0, []
    for _ in range(4):
        assert circuit.closed_until is not None
        pauses.append(circuit.closed_until - now)
        now = circuit.closed_until
        circuit = probing(circuit, now).after_fault(RULES, now, was_probe=True)
    assert pauses == [10, 20, 35, 35]


def test_calls_from_before_it_opened_tell_nothing_new() -> None:
    circuit = opened()
    for after in (
        circuit.after_fault(RULES, 1, was_probe=False),
        circuit.after_answer(was_probe=False),
        circuit.after_success(was_probe=False),
        circuit.after_nothing(was_probe=False),
    ):
        assert after is circuit


@given(st.lists(st.sampled_from(["fault", "success", "answer", "leave"]), max_size=40))
def test_it_never_stays_open_for_longer_than_the_longest_pause(fates: list[str]) -> None:
    circuit, now = Circuit(), 0.0
    for fate in fates:
        now += 1
        entered = circuit.entered(now)
        if entered is None:
            assert circuit.closed_until is not None
            assert now < circuit.closed_until <= now + RULES.longest_pause_seconds
            continue
        probe, circuit = entered is not circuit, entered
        match fate:
            case "fault":
                circuit = circuit.after_fault(RULES, now, was_probe=probe)
            case "success":
                circuit = circuit.after_success(was_probe=probe)
            case "answer":
                circuit = circuit.after_answer(was_probe=probe)
            case _:
                circuit = circuit.after_nothing(was_probe=probe)
        assert not circuit.is_probing
