"""What the bank says when it declines at the watch list."""

REFUSALS = {
    "EvidenceMissing": "请写明看到了什么：没有依据的预警无法核实。",
    "OwnerNotFit": "%(owner)s 不能负责预警：负责人须为在岗的信贷经办或信贷复核。",
    "NothingToWatch": "贷款 %(loan)s 当前为“%(stage)s”，债权不在本行，无需预警。",
}
