"""The gate lets writers through one at a time, in the order in which they came."""

from __future__ import annotations

import threading

from engine.store.gate import Gate


def test_threads_pass_in_the_order_of_arrival() -> None:
    gate = Gate()
    passed: list[int] = []
    assert gate.enter(1)

    def through(number: int) -> None:
        assert gate.enter(10)
        passed.append(number)
        gate.leave()

    threads = []
    for number in range(20):
        thread = threading.Thread(target=through, args=(number,))
        thread.start()
        threads.append(thread)
        while gate.waiting <= number:
            pass
    gate.leave()
    for thread in threads:
        thread.join()
    assert passed == list(range(20))
    assert gate.enter(0)


def test_who_gives_up_leaves_the_line() -> None:
    gate = Gate()
    assert gate.enter(0)
    assert not gate.enter(0.001)
    assert gate.waiting == 0
    gate.leave()
    assert gate.enter(0)
