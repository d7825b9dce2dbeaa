using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Doctor;

/// <summary>What <c>sc doctor</c> says, in both languages.</summary>
internal static class DoctorWords
{
    public static Words Words { get; } = new(new Dictionary<string, (string English, string Chinese)>(StringComparer.Ordinal)
    {
        ["next"] = ("next: {0}", "下一步：{0}"),
        ["all-good"] = ("All {0} checks are good.", "全部 {0} 项检查通过。"),
        ["summary"] = ("{0} good, {1} warnings, {2} faults, {3} skipped.", "通过 {0}，警告 {1}，故障 {2}，跳过 {3}。"),

        ["server.up"] = ("The server at {0} answers (version {1}).", "服务器 {0} 有应答（版本 {1}）。"),
        ["server.down"] = ("The server at {0} does not answer.", "服务器 {0} 没有应答。"),
        ["server.no-key"] = ("The server at {0} was not asked: there is no key.", "没有密钥，未询问服务器 {0}。"),
        ["server.refused"] = ("The server at {0} does not know the key.", "服务器 {0} 不认识该密钥。"),
        ["server.start"] = ("./dev run", "./dev run"),
        ["server.give-key"] = ("set SC_API_KEY, or give --key", "设置 SC_API_KEY，或使用 --key"),
        ["version.same"] = ("sc and server have the same version, {0}.", "sc 与服务器版本相同：{0}。"),
        ["version.other"] = ("sc has version {0}, the server {1}.", "sc 版本为 {0}，服务器版本为 {1}。"),
        ["version.update"] = ("install the sc of version {0}", "安装版本 {0} 的 sc"),
        ["store.well"] = ("Commits go through; the journal is at position {0}.", "写入正常；日志位置为 {0}。"),
        ["store.trouble"] = ("Nothing can be written: {0}", "无法写入：{0}"),
        ["store.look"] = ("curl -s {0}/health/ready", "curl -s {0}/health/ready"),

        ["clock.skew-good"] = ("The server's clock differs by {0} ms from this one.", "服务器时钟与本机相差 {0} 毫秒。"),
        ["clock.skew-bad"] = ("The server's clock differs by {0} ms from this one.", "服务器时钟与本机相差 {0} 毫秒。"),
        ["clock.synchronized"] = ("The clock is synchronized over the network.", "时钟已与网络同步。"),
        ["clock.free"] = ("The clock is not synchronized over the network.", "时钟未与网络同步。"),
        ["clock.unknown"] = ("Whether the clock is synchronized cannot be seen here.", "此处无法得知时钟是否同步。"),
        ["clock.set"] = ("timedatectl set-ntp true", "timedatectl set-ntp true"),

        ["port.ours"] = ("Port {0} ({1}) is the server's.", "端口 {0}（{1}）由服务器使用。"),
        ["port.free"] = ("Port {0} ({1}) is free.", "端口 {0}（{1}）空闲。"),
        ["port.taken"] = ("Port {0} ({1}) is taken by another program.", "端口 {0}（{1}）被其他程序占用。"),
        ["port.closed"] = ("Port {0} ({1}) is closed although the server answers.", "服务器有应答，但端口 {0}（{1}）未打开。"),
        ["websocket.open"] = ("MQTT through WebSocket answers at {0}.", "MQTT WebSocket 在 {0} 有应答。"),
        ["websocket.closed"] = ("MQTT through WebSocket does not answer at {0} although the server does.", "服务器有应答，但 {0} 的 MQTT WebSocket 没有应答。"),
        ["port.who"] = ("ss -ltnp 'sport = :{0}'", "ss -ltnp 'sport = :{0}'"),

        ["settings.good"] = ("All options are good.", "全部选项有效。"),
        ["settings.bad"] = ("{0}", "{0}"),
        ["settings.unread"] = ("The options were not read: the server's program is not here.", "未读取选项：本机没有服务器程序。"),
        ["settings.check"] = ("sc config check", "sc config check"),
        ["unsafe.none"] = ("No unsafe setting.", "没有不安全的设置。"),
        ["unsafe.clear-text"] = ("Listen:Address is {0}: keys and messages cross the network in clear text.", "Listen:Address 为 {0}：密钥与消息以明文经过网络。"),
        ["unsafe.demo"] = ("The demo is enabled and Listen:Address is {0}: its keys lie in a file.", "演示已启用且 Listen:Address 为 {0}：演示密钥存于文件。"),
        ["unsafe.open-topics"] = ("Mqtt:OpenTopicPrefixes is {0}: everybody on this machine may use these topics.", "Mqtt:OpenTopicPrefixes 为 {0}：本机所有人都可使用这些主题。"),
        ["unsafe.no-operator"] = ("There is no operator key: nobody can open a district or make a backup.", "没有运维密钥：无法开通区，也无法备份。"),
        ["unsafe.loopback"] = ("sc config show --redact --changed   (then --Listen:Address=loopback behind a proxy with TLS)", "sc config show --redact --changed   （然后设 --Listen:Address=loopback，前置 TLS 代理）"),
        ["unsafe.demo-off"] = ("start with --Demo:Enabled=false", "以 --Demo:Enabled=false 启动"),
        ["unsafe.no-topics"] = ("start without --Mqtt:OpenTopicPrefixes and SC_Mqtt__OpenTopicPrefixes", "启动时不设 --Mqtt:OpenTopicPrefixes 与 SC_Mqtt__OpenTopicPrefixes"),
        ["unsafe.make-key"] = ("printf %s YOUR_KEY | sha256sum   (the result is Grpc:OperatorKeyHash)", "printf %s 你的密钥 | sha256sum   （结果即 Grpc:OperatorKeyHash）"),

        ["folder.missing"] = ("There is no data folder {0} yet.", "数据目录 {0} 尚不存在。"),
        ["folder.start"] = ("./dev run   (makes it)", "./dev run   （会创建它）"),
        ["disk.free"] = ("{0} MB of {1} MB are free on the disk of {2}.", "{2} 所在磁盘剩余 {0} MB，共 {1} MB。"),
        ["disk.look"] = ("df -h {0}", "df -h {0}"),
        ["disk.write"] = ("4 KiB are on the disk of {2} in {0} ms (median; slowest {1} ms).", "向 {2} 落盘 4 KiB 用时 {0} 毫秒（中位数；最慢 {1} 毫秒）。"),
        ["disk.unwritable"] = ("{0} cannot be written.", "{0} 不可写。"),
        ["disk.faster"] = ("move the data folder to a local SSD: --Store:Folder=PATH", "把数据目录移到本地固态硬盘：--Store:Folder=路径"),
        ["disk.own"] = ("ls -ld {0}", "ls -ld {0}"),
        ["inodes.free"] = ("{0} inodes are free.", "剩余 {0} 个 inode。"),
        ["inodes.unknown"] = ("Free inodes cannot be seen here.", "此处无法得知剩余 inode。"),
        ["files.limit"] = ("A process may open {0} files.", "一个进程可打开 {0} 个文件。"),
        ["files.raise"] = ("ulimit -n 65536", "ulimit -n 65536"),
        ["files.unknown"] = ("The limit of open files cannot be seen here.", "此处无法得知可打开文件数上限。"),

        ["private.good"] = ("Only its owner can read {0}.", "仅所有者可读 {0}。"),
        ["private.open"] = ("Others on this machine can read {0} (mode {1}).", "本机其他用户可读 {0}（权限 {1}）。"),
        ["private.close"] = ("chmod {0} {1}", "chmod {0} {1}"),
        ["lock.held"] = ("The data folder is held by a running process.", "数据目录由运行中的进程持有。"),
        ["lock.closed"] = ("The store was closed in an orderly way.", "存储已正常关闭。"),
        ["lock.open"] = ("The store was not closed; the next start reads its write-ahead log.", "存储未正常关闭；下次启动会读取预写日志。"),
        ["lock.silent"] = ("A process holds the data folder, but no server answers.", "有进程持有数据目录，但没有服务器应答。"),
        ["lock.who"] = ("fuser -v {0}", "fuser -v {0}"),
        ["schema.same"] = ("The store has schema {0}, as the program does.", "存储结构版本为 {0}，与程序一致。"),
        ["schema.older"] = ("The store has schema {0}; the next start brings it to {1}.", "存储结构版本为 {0}；下次启动升级到 {1}。"),
        ["schema.newer"] = ("The store has schema {0}, newer than the program's {1}.", "存储结构版本为 {0}，比程序的 {1} 新。"),
        ["schema.backup"] = ("sc backup   (before the new version starts)", "sc backup   （在新版本启动之前）"),
        ["schema.update"] = ("start the newer program, or sc restore a backup", "启动较新的程序，或用 sc restore 恢复备份"),
        ["backup.fresh"] = ("The newest backup is {0} hours old.", "最近的备份是 {0} 小时前的。"),
        ["backup.old"] = ("The newest backup is {0} hours old, more than {1}.", "最近的备份是 {0} 小时前的，超过 {1} 小时。"),
        ["backup.none"] = ("There is no backup.", "没有备份。"),
        ["backup.make"] = ("sc backup", "sc backup"),
    });
}
