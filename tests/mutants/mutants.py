"""The promises of the master, each with the one line that would break it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one place of the master.

    Attributes:
        name: of the mutant.
        file: within `overproof/query`.
        old: text that is there exactly once.
        new: what it becomes.
        promise: what is broken by that.
    """

    name: str
    file: str
    old: str
    new: str
    promise: str


MUTANTS = (
    Mutant(
        name="takes what others hold",
        file="ledger/ledger.py",
        old="if number < 0 or (where[number] is not worker and self.copies.get(number) is not worker):",
        new="if number < 0 or not isinstance(where[number], Holder):",
        promise="a delta is taken only if each of its blocks is held by this worker",
    ),
    Mutant(
        name="hears those given up",
        file="roster.py",
        old="return worker if worker.epoch == epoch else None",
        new="return worker",
        promise="what a worker given up says later, in its old epoch, is not heard",
    ),
    Mutant(
        name="forgets a refused delta",
        file="merging/intake.py",
        old="self._handout.put_back(ledger.release_blocks(worker, delta.blocks), orders)",
        new="ledger.release_blocks(worker, delta.blocks)",
        promise="blocks of a refused delta wait again, because their outputs are thrown away",
    ),
    Mutant(
        name="forgets the dead",
        file="attendance.py",
        old="self._handout.put_back(self._ledger.release_worker(worker), orders)",
        new="self._ledger.release_worker(worker)",
        promise="what a lost worker held waits again",
    ),
    Mutant(
        name="asks the dead for a file",
        file="attendance.py",
        old="self._files.ask_again(file)",
        new="pass",
        promise="a file that a lost worker was to look into is asked of another one",
    ),
    Mutant(
        name="counts blocks for entries",
        file="ledger/ledger.py",
        old="self._processed += n_entries",
        new="self._processed += len(numbers)",
        promise="the account counts entries, and adds up at every step",
    ),
    Mutant(
        name="closes over the merging",
        file="master.py",
        old="if self._ledger.n_taken:",
        new="if self._ledger.n_taken > 1:",
        promise="a query does not close while a delta is being merged",
    ),
    Mutant(
        name="leaves suspects behind",
        file="master.py",
        old="return not (self._shelf.n_waiting or self._isolation.n_suspects) and self._files.is_settled",
        new="return not self._shelf.n_waiting and self._files.is_settled",
        promise="a query has not finished while a block is suspect",
    ),
    Mutant(
        name="condemns on two failures",
        file="isolation/bisection.py",
        old="EVIDENCE = 3",
        new="EVIDENCE = 2",
        promise="only three equal failures in a row are evidence against a block",
    ),
    Mutant(
        name="adds unlike failures up",
        file="isolation/case.py",
        old="self._n_equal = self._n_equal + 1 if is_again else 1",
        new="self._n_equal = self._n_equal + 1",
        promise="failures that differ are not evidence against a block, until there are very many",
    ),
    Mutant(
        name="blames the block for a kill",
        file="attendance.py",
        old="if notice.failure is None and self._losses[number] < LOSSES:",
        new="if notice.failure is None and self._losses[number] < 1:",
        promise="that a worker was lost is no evidence against its block",
    ),
    Mutant(
        name="searches the first pieces only",
        file="isolation/bisection.py",
        old="for piece in _pieces(part, DEPTH):",
        new="for piece in _pieces(part, DEPTH)[:4]:",
        promise="every bad entry of a block is found, not only the first",
    ),
    Mutant(
        name="joins over a bad entry",
        file="isolation/bisection.py",
        old="cuts = bad | {entry + 1 for entry in bad} | {halving.at for halving in findings.halvings}",
        new="cuts = {entry + 1 for entry in bad} | {halving.at for halving in findings.halvings}",
        promise="a block with bad entries is its maximal good ranges",
    ),
    Mutant(
        name="does not halve",
        file="isolation/bisection.py",
        old="cuts = bad | {entry + 1 for entry in bad} | {halving.at for halving in findings.halvings}",
        new="cuts = bad | {entry + 1 for entry in bad}",
        promise="a block that is fine in pieces and too large whole is computed in pieces",
    ),
    Mutant(
        name="goes on for ever",
        file="isolation/limit.py",
        old="if most is not None and n_excluded > most:",
        new="if most is not None and n_excluded > 10 * most:",
        promise="past the limit of excluded entries the query stops",
    ),
    Mutant(
        name="checks no share at the end",
        file="isolation/limit.py",
        old="return n_excluded > max(1, MAX_SHARE * n_done)",
        new="return False",
        promise="when more than a hundredth of the entries is excluded, the query has failed",
    ),
    Mutant(
        name="loses the isolator's suspect",
        file="isolation/isolation.py",
        old="self._ledger.release_suspects(isolator)\n        self._roster.isolator = None",
        new="pass\n        self._roster.isolator = None",
        promise="what a lost isolator had in hand is asked again of the next one",
    ),
    Mutant(
        name="believes another probe",
        file="isolation/isolation.py",
        old='if self._at_hand != ("probe", notice.probe):',
        new="if self._at_hand is None:",
        promise="only the answer to the probe in hand is an answer to it",
    ),
    Mutant(
        name="takes the old version",
        file="ledger/numbering.py",
        old="return number if known is block or known == block else -1",
        new="return number if known.first == block.first else -1",
        promise="a late delta with a block as it was before its isolation is refused",
    ),
    Mutant(
        name="lets both copies wait",
        file="ledger/ledger.py",
        old="held = [number for number in held if not self._leave_to_the_other(number, worker)]",
        new="pass",
        promise="a block of which a copy is computed is left to the other holder when one is lost",
    ),
    Mutant(
        name="forgets the loser of two",
        file="ledger/ledger.py",
        old="if self.copies and (copier := self.copies.pop(number, None)) is not None:",
        new="if (copier := None) is not None:",
        promise="when the first of two deltas is taken, nobody holds the block any more",
    ),
    Mutant(
        name="lets copies be merged with others",
        file="speculation.py",
        old="orders += [SetApart(worker=holder.name, block=self._ledger.blocks[other]) for other in sorted(apart)]",
        new="",
        promise="a block with a second holder is handed over alone",
    ),
    Mutant(
        name="restores blocks whole",
        file="ledger/standing.py",
        old="if ledger.blocks[number].ranges != ranges:",
        new="if not ranges:",
        promise="a query that goes on computes what was isolated before as it was found then",
    ),
    Mutant(
        name="restores one block too few",
        file="ledger/standing.py",
        old="row[index >> 3] |= 1 << (index & 7)",
        new="row[index >> 3] |= 1 << (index & 3)",
        promise="what is merged is not computed again by a query that goes on",
    ),
    Mutant(
        name="forgets what was missing",
        file="ledger/standing.py",
        old="ledger.settle(number, Place.MISSING)",
        new="pass",
        promise="what could not be read is not read again by a query that goes on, and is told once",
    ),
    Mutant(
        name="sends the strained away too soon",
        file="attendance.py",
        old="not (worker.packets or worker.opening or worker.held)",
        new="not (worker.packets or worker.opening)",
        promise="a worker near its limit hands over before it is replaced",
    ),
    Mutant(
        name="lets everybody rest",
        file="master.py",
        old="self._handout.keep_going(orders)",
        new="pass",
        promise="as long as blocks wait, somebody works, whatever the packetizer says",
    ),
    Mutant(
        name="calls nobody",
        file="handout.py",
        old="orders.append(CallDelta(worker=worker.name))",
        new="pass",
        promise="an idle worker is called for its delta",
    ),
    Mutant(
        name="tries a merged suspect again",
        file="isolation/isolation.py",
        old="if self._at_hand is not None and not self._ledger.is_suspect(self._cases[0].number):",
        new="if False:",
        promise="a suspect whose delta came before the isolator's loss has passed",
    ),
    Mutant(
        name="lets go before it is fetched",
        file="attendance.py",
        old="if is_done and not is_unsettled(self._ledger, worker):",
        new="if is_done:",
        promise="a worker near its limit stays until nobody needs its delta any more",
    ),
    Mutant(
        name="lets both merge",
        file="merging/merging.py",
        old="send_on(self._ledger, delta, merger)",
        new="send_on(self._ledger, delta, merger)\n        orders.append(TakeDelta(delta=delta))",
        promise="a delta goes to the master or to a merger, never to both",
    ),
    Mutant(
        name="passes what two hold",
        file="merging/merging.py",
        old="or self._ledger.is_shared(delta):",
        new="or False:",
        promise="a block with a second holder goes to the master at once",
    ),
    Mutant(
        name="takes the word of a dead merger",
        file="merging/merging.py",
        old="if passage is None or passage.merger is not self.find(notice.merger, notice.epoch):",
        new="if passage is None:",
        promise="only the merger to whom a delta is on its way says what became of it",
    ),
    Mutant(
        name="takes the old life of a merger",
        file="merging/staff.py",
        old="return merger if merger is not None and merger.epoch == epoch else None",
        new="return merger",
        promise="what a merger says in its old epoch is not heard",
    ),
    Mutant(
        name="forgets dead mergers",
        file="merging/merging.py",
        old="self._handout.put_back(runs, orders)",
        new="pass",
        promise="what a lost merger held waits again",
    ),
    Mutant(
        name="loses what was on its way",
        file="merging/merging.py",
        old="self._go_elsewhere(passage, orders, passes=True)",
        new="pass",
        promise="what was on its way to a lost merger is still its worker's",
    ),
    Mutant(
        name="wakes the dead",
        file="merging/merging.py",
        old="self._handout.put_back(lose_passing(self._ledger, delta), orders)",
        new="take_back(self._ledger, delta)\n            orders.append(TakeDelta(delta=delta))",
        promise="what neither its merger nor its worker has waits again",
    ),
    Mutant(
        name="lets mergers keep it",
        file="master.py",
        old="self._merging.call_all(orders)",
        new="pass",
        promise="mergers are called for what they hold when nobody else has anything",
    ),
    Mutant(
        name="forgets lost deltas",
        file="merging/intake.py",
        old="self._handout.put_back(lose_taken(self._ledger, delta, suspects=suspects), orders)",
        new="lose_taken(self._ledger, delta, suspects=suspects)",
        promise="the blocks of a taken delta that does not come wait again",
    ),
    Mutant(
        name="forgets lost suspects",
        file="ledger/passages.py",
        old="return ledger.let_wait([number for number in numbers if number not in suspects])",
        new="return ledger.let_wait(numbers)",
        promise="a suspect whose delta does not come is a suspect again",
    ),
    Mutant(
        name="counts passing as nobody's",
        file="ledger/passages.py",
        old="ledger.n_held += len(numbers)",
        new="pass",
        promise="a query does not close while a delta is on its way to a merger",
    ),
    Mutant(
        name="asks for ever for mergers",
        file="merging/staff.py",
        old="self._policy = None",
        new="pass",
        promise="mergers that are lost time and again, with nothing merged, are not called any more",
    ),
    Mutant(
        name="replaces who is still up",
        file="merging/staff.py",
        old="[merger.host for merger in self.mergers.values()]",
        new="[merger.host for merger in self._active]",
        promise="never are more mergers up than are wanted",
    ),
    Mutant(
        name="forgives who cannot be reached",
        file="merging/staff.py",
        old="self._shunned[merger.host] += 1",
        new="self._shunned[merger.host] += 0",
        promise="mergers that nobody can reach are given up after a bounded number of calls",
    ),
    Mutant(
        name="lets the shunned sit",
        file="merging/merging.py",
        old="""                self._call(merger, orders)
                self._dismiss_if_done(merger, orders)""",
        new="""                self._dismiss_if_done(merger, orders)""",
        promise="a shunned merger is called at once for what it holds",
    ),
    Mutant(
        name="lets everything come at once",
        file="merging/backlog.py",
        old="if notice.size_bytes < LARGE_BYTES or not self.is_full(merger):",
        new="if True:",
        promise="large deltas come two at a time, and the others may wait for a merger",
    ),
    Mutant(
        name="forgets who had to wait",
        file="merging/intake.py",
        old="self._go_on(self._merging.find(notice.merger, notice.epoch), orders)",
        new="pass",
        promise="a large delta that waits is decided upon when there is room",
    ),
    Mutant(
        name="hands out unreadable work",
        file="master.py",
        old="""            self._why_unread = notice.reason
            self._stop(QueryState.FAILED, orders)""",
        new="""            self._why_unread = notice.reason""",
        promise="when the credential has expired, nothing is handed out any more",
    ),
    Mutant(
        name="orders after the close",
        file="master.py",
        old="""        if self._state is not RUNNING and not TRANSITIONS[self._state]:
            return orders
        if self._locality""",
        new="""        if self._locality""",
        promise="a closed query orders nothing more",
    ),
    Mutant(
        name="reads from anywhere",
        file="locality/locality.py",
        old="if near is not None or self.is_strict:\n            return near\n        return self._far_file",
        new="if near is not None:\n            return near\n        return self._far_file",
        promise="with local-only nothing is read but where it lies",
    ),
    Mutant(
        name="gives copies no chance",
        file="locality/other_copies.py",
        old="return reading is not NOWHERE and self._locality.fail_block(file, number, reading, reason)",
        new="return False",
        promise="a block that one copy does not give is read from another",
    ),
    Mutant(
        name="tries a copy again",
        file="storage/places.py",
        old="        failed.add(reading.path)\n",
        new="        pass\n",
        promise="a block is read from each copy once",
    ),
    Mutant(
        name="lets everybody in",
        file="storage/server.py",
        old="return self._bound.limit",
        new="return None",
        promise="from a server that bears few readers few read",
    ),
    Mutant(
        name="stays away from home",
        file="locality/locality.py",
        old="        near = self._near_file(worker)\n",
        new="        near = self._near_file(worker) if self.is_strict else None\n",
        promise="what is near is read first",
    ),
    Mutant(
        name="gives up at once",
        file="locality/stranded.py",
        old="return now - self._since_s >= PATIENCE_S",
        new="return True",
        promise="a worker that comes late to its files is waited for a while",
    ),
    Mutant(
        name="waits for nobody to say more",
        file="locality/stranded.py",
        old="locality.is_strict and locality.is_final and roster.workers",
        new="locality.is_strict and roster.workers",
        promise="no file is given up before the last word on where files lie",
    ),
    Mutant(
        name="keeps silent on the unread",
        file="locality/stranded.py",
        old="            if not why:\n",
        new="            if why:\n",
        promise="of what nobody read it is told why",
    ),
)
