"""What a verification found, in one shape for logs, evidence files and running logs, and its words at the terminal."""

from __future__ import annotations

from typing import Literal

import msgspec

Exit = Literal[0, 1, 2, 3]
RIGHT: Exit = 0
WRONG: Exit = 1
UNREADABLE: Exit = 2
UNTRUSTED: Exit = 3


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`exit` is the program's exit status. `record` is the number of the first bad record, `until` the last that may be
    meant where only an interval between two signed checkpoints is known; `problem` is a code of `WORDS`."""

    exit: Exit
    problem: str = ""
    params: dict[str, str] = {}
    record: int | None = None
    until: int | None = None
    records: int = 0
    checkpoints: int = 0
    size: int = 0
    signers: tuple[str, ...] = ()
    notes: tuple[tuple[str, dict[str, str]], ...] = ()


class Fault(Exception):
    """Found while checking: the first bad record and what is wrong."""

    def __init__(self, problem: str, record: int, until: int | None = None, **params: object) -> None:
        super().__init__(problem, record)
        self.problem, self.record, self.until = problem, record, until
        self.params = {name: str(value) for name, value in params.items()}

    def verdict(self) -> Verdict:
        return Verdict(exit=WRONG, problem=self.problem, record=self.record, until=self.until, params=self.params)


WORDS: dict[str, dict[str, str]] = {
    "right": {
        "en": "all right: {records} records, {checkpoints} signed checkpoints, newest over {size} records",
        "zh": "核验通过：记录 {records} 条，签名检查点 {checkpoints} 个，最新检查点覆盖 {size} 条",
        "bo": "ཡང་དག་ཡིན། ཐོ་ {records}། ཞིབ་བཤེར་ས་ཚིགས་ {checkpoints}། གསར་ཤོས་ {size}",
    },
    "untrusted": {
        "en": "consistent, but signed by nobody trusted: {records} records; --trust takes the operator's anchor file",
        "zh": "内容前后一致，但没有可信签名：记录 {records} 条；请用 --trust 指定运营单位的公钥文件",
        "bo": "ནང་དོན་མཐུན་ཡང་། ཡིད་ཆེས་ཆོག་པའི་མིང་རྟགས་མེད། ཐོ་ {records}། --trust",
    },
    "record": {"en": "record {record}: {what}", "zh": "第 {record} 条记录：{what}", "bo": "ཐོ་ཨང་ {record}: {what}"},
    "interval": {
        "en": "records {record} to {until}: {what}",
        "zh": "第 {record} 至 {until} 条记录之间：{what}",
        "bo": "ཐོ་ཨང་ {record} ནས་ {until} བར། {what}",
    },
    "unreadable": {"en": "cannot be read: {what}", "zh": "无法读取：{what}", "bo": "ཀློག་མི་ཐུབ། {what}"},
    "log.not_a_log": {
        "en": "neither an exported log nor an evidence file",
        "zh": "既不是导出的留痕日志，也不是证据文件",
        "bo": "ཟིན་ཐོའམ་དཔང་རྟགས་ཡིག་ཆ་མིན།",
    },
    "format.newer": {
        "en": "format {format} is newer than this program knows ({known})",
        "zh": "文件格式 {format} 比本程序支持的 {known} 更新",
        "bo": "ཡིག་ཆའི་རྣམ་གཞག་ {format} གསར་དྲགས། ({known})",
    },
    "format.older": {
        "en": "format {format} is older than this program reads ({known} and the one before)",
        "zh": "文件格式 {format} 过旧，本程序只读 {known} 及上一版",
        "bo": "ཡིག་ཆའི་རྣམ་གཞག་ {format} རྙིང་དྲགས། ({known})",
    },
    "log.line": {
        "en": "its line cannot be read",
        "zh": "该行无法解析",
        "bo": "ཐིག་ཕྲེང་འདི་ཀློག་མི་ཐུབ།",
    },
    "log.number": {
        "en": "record {found} stands in its place: a record was dropped, inserted or moved",
        "zh": "此处是第 {found} 条：有记录被删除、插入或调换",
        "bo": "འདིར་ཐོ་ {found} འདུག ཐོ་བསུབས་པའམ་བརྗེས་འདུག",
    },
    "log.missing": {
        "en": "missing: a signed checkpoint covers {size} records",
        "zh": "缺失：签名检查点覆盖 {size} 条记录",
        "bo": "མེད། ཞིབ་བཤེར་ས་ཚིགས་ཀྱིས་ཐོ་ {size} ཁྱབ།",
    },
    "log.leaf": {
        "en": "stored and computed leaf differ: the record's header was changed",
        "zh": "存储的叶哈希与计算结果不符：记录头被改动",
        "bo": "ཐོའི་མགོ་བསྒྱུར་འདུག",
    },
    "log.leaf_missing": {
        "en": "its leaf is missing from a file with bodies",
        "zh": "含正文的文件中缺少该记录的叶",
        "bo": "ལོ་མ་མེད།",
    },
    "log.body": {
        "en": "its body does not match the commitment: it was changed",
        "zh": "正文与承诺值不符：正文被改动",
        "bo": "ནང་དོན་བསྒྱུར་འདུག",
    },
    "log.root": {
        "en": "the records do not give the root that was signed: one was changed, dropped, swapped or inserted",
        "zh": "记录算不出已签名的根：其中有记录被改动、删除、调换或插入",
        "bo": "མིང་རྟགས་བཀོད་པའི་རྩ་བ་དང་མི་མཐུན། ཐོ་བསྒྱུར་འདུག",
    },
    "log.twin": {
        "en": "the records do not give the SM3 root that was signed",
        "zh": "记录算不出已签名的 SM3 根",
        "bo": "SM3 རྩ་བ་དང་མི་མཐུན།",
    },
    "log.signature": {
        "en": "the checkpoint over {size} records has a signature that does not hold",
        "zh": "覆盖 {size} 条记录的检查点签名无效",
        "bo": "ཞིབ་བཤེར་ས་ཚིགས་ {size} མིང་རྟགས་ནོར་འདུག",
    },
    "log.signer": {
        "en": "the checkpoint over {size} records is signed by a key that nobody trusted has announced",
        "zh": "覆盖 {size} 条记录的检查点由未经可信公告的密钥签名",
        "bo": "ཞིབ་བཤེར་ས་ཚིགས་ {size} ཡིད་ཆེས་མེད་པའི་ལྡེ་མིག",
    },
    "log.checkpoint": {
        "en": "a checkpoint or epoch statement stands where it cannot belong ({why})",
        "zh": "检查点或纪元声明出现在不该出现的位置（{why}）",
        "bo": "ཞིབ་བཤེར་ས་ཚིགས་གནས་ནོར་འདུག ({why})",
    },
    "log.uncovered": {
        "en": "no signed checkpoint covers it",
        "zh": "没有签名检查点覆盖",
        "bo": "ཞིབ་བཤེར་ས་ཚིགས་ཀྱིས་མ་ཁྱབ།",
    },
    "log.cut": {
        "en": "the tail was cut: an earlier checkpoint covered {size} records",
        "zh": "尾部被截断：先前的检查点覆盖 {size} 条记录",
        "bo": "མཇུག་བཅད་འདུག སྔོན་མ་ {size}",
    },
    "log.since": {
        "en": "the log does not continue the checkpoint given with --since (over {size} records)",
        "zh": "日志与 --since 给出的检查点（{size} 条）不相接",
        "bo": "--since ({size}) དང་མི་མཐུན།",
    },
    "since": {
        "en": "the file given with --since is no checkpoint of this log that can be trusted",
        "zh": "--since 指定的文件不是本日志的可信检查点",
        "bo": "--since ཡིག་ཆ་ནོར་འདུག",
    },
    "trust": {
        "en": "the anchor file {file} cannot be read",
        "zh": "公钥文件 {file} 无法读取",
        "bo": "ལྡེ་མིག་ཡིག་ཆ་ {file} ཀློག་མི་ཐུབ།",
    },
    "live": {
        "en": "{address} does not answer as a log: {why}",
        "zh": "{address} 未按日志接口应答：{why}",
        "bo": "{address}: {why}",
    },
    "file": {"en": "{why}", "zh": "{why}", "bo": "{why}"},
    "file.proof": {
        "en": "its path does not lead to the root that was signed",
        "zh": "其路径不通向已签名的根",
        "bo": "ལམ་བུ་རྩ་བར་མི་སླེབས།",
    },
    "file.link": {
        "en": "it does not belong to this chain ({why})",
        "zh": "它不属于这条证据链（{why}）",
        "bo": "དཔང་རྟགས་ཕྲེང་བར་མི་གཏོགས། ({why})",
    },
    "note.epoch": {
        "en": "epoch {epoch} begins at record {size}: records {size} to {lost} of epoch {before} were lost ({reason})",
        "zh": "第 {epoch} 纪元始于第 {size} 条：第 {before} 纪元的 {size} 至 {lost} 条已丢失（{reason}）",
        "bo": "དུས་རིམ་ {epoch}: {size}–{lost} བརླགས། ({reason})",
    },
    "note.epoch_whole": {
        "en": "epoch {epoch} begins at record {size}; nothing known was lost ({reason})",
        "zh": "第 {epoch} 纪元始于第 {size} 条，无已知丢失（{reason}）",
        "bo": "དུས་རིམ་ {epoch}: {size} ({reason})",
    },
    "note.strangers": {
        "en": "{count} earlier checkpoints are signed by keys not trusted here; a trusted one covers their records",
        "zh": "{count} 个较早的检查点由未受信任的密钥签名，其记录已由可信检查点覆盖",
        "bo": "སྔོན་མའི་ཞིབ་བཤེར་ས་ཚིགས་ {count} ཡིད་ཆེས་མེད་ཀྱང་ཁྱབ་ཡོད།",
    },
    "note.bodies_deleted": {
        "en": "{count} bodies have been deleted; their records still verify",
        "zh": "{count} 条正文已按期删除，其记录仍可核验",
        "bo": "ནང་དོན་ {count} བསུབས་ཟིན།",
    },
}


def language_of(environment: dict[str, str]) -> str:
    """The language of the terminal: zh, bo, or en."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        start = environment.get(name, "")[:2]
        if start in {"zh", "bo", "en"}:
            return start
    return "en"


def sentences(verdict: Verdict, language: str) -> list[str]:
    """What to print: the finding, then notes."""
    def say(key: str, params: dict[str, str]) -> str:
        return WORDS[key][language].format(**params) if key in WORDS else key

    totals = {"records": verdict.records, "checkpoints": verdict.checkpoints, "size": verdict.size}
    if verdict.exit == RIGHT:
        lines = [WORDS["right"][language].format(**totals)]
    elif verdict.exit == UNTRUSTED:
        lines = [WORDS["untrusted"][language].format(**totals)]
    elif verdict.exit == UNREADABLE:
        lines = [say("unreadable", {"what": say(verdict.problem, verdict.params)})]
    else:
        shape = "interval" if verdict.until is not None and verdict.until != verdict.record else "record"
        place = {"record": str(verdict.record), "until": str(verdict.until)}
        lines = [say(shape, {**place, "what": say(verdict.problem, verdict.params)})]
    return [*lines, *(say(key, params) for key, params in verdict.notes)]
