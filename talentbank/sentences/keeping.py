"""What is said when a copy of the bank cannot be made or brought back, and when an account cannot be opened."""

REFUSALS = {
    "CopyExists": "%(place)s 已经存在，备份不会覆盖已有内容。请换一个位置。",
    "CopyDamaged": "备份不完整：文件 %(file)s 缺失或与校验值不符，未做任何改动。请改用另一份备份。",
    "CopyNotFound": "%(place)s 不是一份备份（缺少 copy.json）。请检查路径。",
    "WouldOverwrite": "%(place)s 已有数据库，恢复会将其替换。确认后请加 --replace，原数据库会以 .before 结尾保留。",
    "NotAFile": "当前数据库是 %(kind)s，由数据库服务器保管。请使用它自带的备份工具（pg_dump、pg_restore）。",
    "AccountNotUsable": "账号须为 2 至 40 个小写字母、数字、点、横线或下划线，并以字母或数字开头。请换一个账号。",
    "AccountTaken": "账号 %(account)s 已被使用。请换一个账号。",
    "PostsApart": "“%(one)s”与“%(other)s”须由不同的人担任（审贷分离、相互制衡，TB-09）。请只保留其中一个岗位。",
    "PostNotGiven": "岗位“%(role)s”不能在这里授予：申请人和评审专家的岗位随人才、专家登记产生，自动任务不授予个人。",
    "OwnAccount": "不能调整自己的岗位或停用自己的账号（%(account)s）。请由另一位系统管理员办理。",
    "PasswordTooShort": "密码至少需要 %(least)s 个字符。请重新输入。",
    "RoleUnknown": "没有岗位 %(role)s。可选岗位：%(known)s。",
}
