# 文书：每份文书的名称、核验页。
paper-title = 文书核验
paper-accepted = 受理通知书
paper-not-accepted = 不予受理通知书
paper-correction = 一次性补正告知书
paper-special = 特别程序告知书
paper-extended = 延长办理期限告知书
paper-granted = 准予行政许可决定书
paper-refused = 不予行政许可决定书
paper-genuine = 本文书真实有效：于{ $at }出具，内容未被改动。
paper-altered = 系统中的记录与出具时不一致，请拨打监督电话核实。
paper-kind = 文书
paper-number = 文书编号
paper-office = 出具单位
paper-matter = 事项
paper-compare = 请核对以上内容与您手中的文书一致。
case-earlier = 更早的办理记录
case-newest = 回到最新的办理记录
