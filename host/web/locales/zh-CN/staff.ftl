# 工作人员检索与导出的文字。
cases-search-title = 检索办件
cases-search-of = 检索{ $name }的办件
cases-search-label = 编号、人员或企业
cases-search-hint = 办件编号、公民身份号码、电话号码、完整姓名（名称）或统一社会信用代码。只检索本区县、本部门的办件，每次检索都有记录。
cases-search-wrong = 请填写完整的号码或姓名，不支持部分检索。
cases-search-button = 检索
cases-search-found =
    { $n ->
        [0] 没有检索到办件。
       *[other] 检索到 { $n } 件。
    }
cases-search-full = 只显示最新的办件，请用更准确的信息检索。
export-title = 导出待办清单
export-of = 导出{ $name }的待办清单
export-lead = 文件包含未办结的办件，姓名和号码已作遮盖，首行注明导出人、时间和用途。每次导出都有记录。
export-purpose = 导出用途
export-purpose-hint = 2 至 200 个字，例如“季度核对”。请不要填写个人姓名。
export-wrong = 请说明导出用途，2 至 200 个字。
export-button = 下载文件
export-watermark = 导出人 { $who }，{ $when }，用途：{ $purpose }（审计链第 { $entry } 条）。政务数据，不得外传或挪作他用。
export-cut = 仅含前 { $n } 行。
export-submitted = 提交时间
export-name = 申请人（已遮盖）
export-telephone = 电话（已遮盖）
export-identity = 身份号码（已遮盖）
