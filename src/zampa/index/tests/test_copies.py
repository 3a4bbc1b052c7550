"""A copy on a real disk, and a writer that is really killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zampa.ground.errors import Conflict, Unavailable
from zampa.index.copies import Copy, mark_of, state_of
from zampa.index.entries import document
from zampa.index.tests.shelf import entry, found, shelf

WRITES_WITHOUT_END = """
import sys
from pathlib import Path
from zampa.index.copies import Copy
from zampa.index.entries import document
from zampa.index.tests.shelf import entry
writer = Copy(Path(sys.argv[1])).writer()
for number in range(2, 10_000_000):
    writer.put(str(number), document(entry("人口", id=str(number), stamp=number)))
    if number % 7 == 0:
        writer.commit(number)
        print(number, flush=True)
"""


def test_there_is_nothing_before_the_first_build(tmp_path):
    with pytest.raises(Unavailable):
        Copy(tmp_path / "index").view()
    with pytest.raises(Unavailable):
        Copy(tmp_path / "index").writer()


def test_entries_go_in_and_out_with_the_mark(tmp_path):
    copy = shelf(tmp_path)
    writer = copy.writer()
    writer.put("常住人口基本信息", document(entry("常住人口基本信息", abstract="改过")))
    writer.drop("流动人口信息")
    assert found(copy, "流动").count == 1 and copy.mark() == 1  # nothing is seen before the commit
    writer.commit(9)
    assert found(copy, "流动", sort="name").strict == 0 and copy.mark() == 9
    assert found(copy, "改过").ids == ["常住人口基本信息"]
    writer.close()


def test_one_writer_a_machine(tmp_path):
    copy = shelf(tmp_path)
    writer = copy.writer()
    with pytest.raises(Conflict):
        Copy(tmp_path).writer()
    writer.close()
    del writer
    Copy(tmp_path).writer().close()


def test_a_new_generation_takes_the_place_of_the_old_one_under_its_readers(tmp_path):
    copy = shelf(tmp_path)
    before = copy.view()
    shelf(tmp_path, entry("企业登记信息"))
    assert state_of(copy.view()) == (1, 1) and state_of(before)[0] == 4
    assert len([one for one in tmp_path.iterdir() if one.is_dir()]) == 1


def test_a_build_that_is_given_up_or_killed_leaves_the_old_one(tmp_path):
    copy = shelf(tmp_path)
    made = copy.begin(1)
    made.writer.put_new(document(entry("企业登记信息")))
    assert state_of(Copy(tmp_path).view())[0] == 4
    made.give_up()
    assert copy.view().searcher.num_docs == 5


def test_killed_while_writing_it_holds_what_was_committed_and_the_mark_of_it(tmp_path):
    shelf(tmp_path, entry("人口", id="1"))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITES_WITHOUT_END, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    said = [int(writer.stdout.readline()) for _ in range(5)]
    time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    said += [int(line) for line in writer.communicate()[0].split()]
    view = Copy(tmp_path).view()
    mark = mark_of(view)
    assert mark >= said[-1] and mark % 7 == 0  # all that was said to last, perhaps one commit more
    assert state_of(view) == (mark, sum(range(1, mark + 1)))  # exactly the entries up to the mark
    again = Copy(tmp_path).writer()  # the lock of the dead is free
    again.put("x", document(entry("企业", id="x")))
    again.commit(mark + 1)
    again.close()
    assert Copy(tmp_path).mark() == mark + 1
