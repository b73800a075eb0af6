"""Who is let in, who waits and who is sent away."""

import threading
from concurrent.futures import ThreadPoolExecutor

from twin.turnstile import Turnstile


def test_who_finds_no_room_is_sent_away_and_may_come_again():
    turnstile = Turnstile(at_once=1, waiting=0)
    with turnstile.turn() as first, turnstile.turn() as second:
        assert (first, second) == (True, False)
    with turnstile.turn() as again:
        assert again


def test_no_more_work_at_once_than_may_and_who_waits_has_a_turn():
    turnstile, working, most, lock = Turnstile(at_once=2, waiting=4), [0], [], threading.Lock()
    both = threading.Barrier(2)  # broken, and the test with it, if two cannot work at the same time

    def work(_):
        with turnstile.turn() as mine:
            with lock:
                working[0] += 1
                most.append(working[0])
            both.wait(timeout=10.0)
            with lock:
                working[0] -= 1
            return mine

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(6)))
    assert (len(most), max(most)) == (6, 2)
