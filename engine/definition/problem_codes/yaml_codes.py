"""Problems of the file itself: what YAML cannot read, and what it would read otherwise than meant."""

from __future__ import annotations

from engine.definition.problem_codes.wording import CodeWording

CODES = {
    "yaml-syntax": CodeWording(
        "这里的写法 YAML 读不懂",
        "YAML cannot read this: {why}",
        "检查本行与上一行的缩进、冒号后的空格和引号",
        "check the indentation, the space after the colon and the quotes of this line and the one above",
    ),
    "yaml-indent": CodeWording(
        "缩进对不上",
        "the indentation does not match",
        "同一层的键要对齐，下一层多缩进两个空格",
        "keys of one level start in the same column, the next level two spaces further in",
    ),
    "yaml-missing-colon": CodeWording(
        "这一行缺少冒号",
        "this line has no colon",
        "写成“键: 值”，冒号用半角，后面空一格",
        "write `key: value`, with a space after the colon",
    ),
    "yaml-second-colon": CodeWording(
        "一行里有两个冒号，YAML 分不清哪个是键",
        "there are two colons on one line",
        "值里要用冒号时，给整个值加引号",
        "put quotes around the whole value if it holds a colon",
    ),
    "yaml-colon-space": CodeWording(
        "冒号后面少一个空格：{text}",
        "a space is missing after the colon: {text}",
        "写成“键: 值”",
        "write `key: value`",
    ),
    "yaml-wide-colon": CodeWording(
        "这里用了全角冒号“：”",
        "this is a full-width colon",
        "键后面用半角冒号加空格；如果确实是文字，请加引号",
        "use `: ` after a key; put quotes around it if it is text",
    ),
    "yaml-wide-comma": CodeWording(
        "列表里用了全角标点“{char}”，几项会被当成一项",
        "a full-width `{char}` does not separate the items of a list",
        "用半角逗号加空格分隔；如果确实是一项文字，请加引号",
        "separate them with `, `; put quotes around it if it is one piece of text",
    ),
    "yaml-wide-bracket": CodeWording(
        "这里用了全角括号“{char}”",
        "this is a full-width bracket: {char}",
        "列表用半角方括号 []，一组键值用半角花括号 {}；如果确实是文字，请加引号",
        "use [] for a list and {} for keys and values; put quotes around it if it is text",
    ),
    "yaml-wide-equals": CodeWording(
        "公式前面用了全角等号“＝”",
        "this formula starts with a full-width equals sign",
        "换成半角等号 =；如果确实是文字，请加引号",
        "use =; put quotes around it if it is text",
    ),
    "yaml-dash": CodeWording(
        "列表的一项要以半角减号加空格开头",
        "an item of a list starts with a minus and a space",
        "写成“- 键: 值”",
        "write `- key: value`",
    ),
    "yaml-wide-space": CodeWording(
        "这里有全角空格",
        "there is a full-width space here",
        "换成半角空格",
        "use an ordinary space",
    ),
    "yaml-tab": CodeWording(
        "缩进用了制表符",
        "a tab is used for indentation",
        "缩进只用空格，每层两个",
        "indent with spaces only, two for each level",
    ),
    "yaml-bracket-first": CodeWording(
        "方括号开头会被当成列表，后面不能再接文字",
        "a value that starts with a bracket is a list and no text may follow it",
        "给整个值加引号",
        "put quotes around the whole value",
    ),
    "yaml-quote-first": CodeWording(
        "引号后面还有文字",
        "text follows the closing quote",
        "给整个值加引号，里面的引号用“”",
        "put quotes around the whole value",
    ),
    "yaml-first-character": CodeWording(
        "值不能以 {char} 开头",
        "a value cannot start with {char}",
        "给整个值加引号",
        "put quotes around the whole value",
    ),
    "yaml-comment": CodeWording(
        "“{text}”会被当成注释丢掉",
        "`{text}` would be dropped as a comment",
        "如果是文字，给整个值加引号；如果是注释，在 # 后面空一格",
        "put quotes around the whole value, or a space behind # if it is a comment",
    ),
    "yaml-unclosed-quote": CodeWording(
        "引号没有成对",
        "a quote is not closed",
        "补上另一半引号",
        "close the quote",
    ),
    "yaml-unclosed-bracket": CodeWording(
        "括号没有成对",
        "a bracket is not closed",
        "补上另一半括号，各项之间用半角逗号",
        "close the bracket, and put a comma between the items",
    ),
    "yaml-unopened-bracket": CodeWording(
        "这里多了半个括号",
        "a bracket is closed that was never opened",
        "删掉它，或补上前面那一半",
        "delete it, or open it before",
    ),
    "yaml-unbalanced": CodeWording(
        "“{text}”里的括号或引号没有成对",
        "the brackets or quotes of `{text}` are not in pairs",
        "花括号里的公式如含逗号，请改成每行一个键，或给公式加引号",
        "a formula with a comma inside braces needs quotes, or one key per line",
    ),
    "yaml-empty": CodeWording(
        "“{key}”后面没有值",
        "`{key}` has no value",
        "填上值，或删掉这一行",
        "give it a value or delete the line",
    ),
    "yaml-empty-item": CodeWording(
        "列表里有一项是空的",
        "an item of this list is empty",
        "填上内容，或删掉这个短横线",
        "give it a value or delete the dash",
    ),
    "yaml-duplicate-key": CodeWording(
        "“{key}”写了两次，第一次在第 {line} 行",
        "`{key}` is written twice, first on line {line}",
        "同一层里每个键只能写一次",
        "a key may stand only once in one place",
    ),
    "yaml-key-not-text": CodeWording(
        "键必须是一个词",
        "a key must be a word",
        "如果要写大括号，请给整个值加引号",
        "put quotes around the value if it holds braces",
    ),
    "yaml-alias": CodeWording(
        "这里不使用 YAML 的锚点和引用（& 和 *）",
        "anchors and aliases of YAML (& and *) are not used here",
        "把内容写全；如果 & 或 * 是文字，请给整个值加引号",
        "write the content out; put quotes around the value if & or * is text",
    ),
    "yaml-tag": CodeWording(
        "这里不使用 YAML 的标签（!）",
        "tags of YAML (!) are not used here",
        "删掉标签；如果 ! 是文字，请给整个值加引号",
        "delete the tag; put quotes around the value if ! is text",
    ),
    "yaml-merge-key": CodeWording(
        "这里不使用 YAML 的合并键（<<）",
        "merge keys of YAML (<<) are not used here",
        "把内容写全",
        "write the content out",
    ),
    "yaml-hidden-character": CodeWording(
        "这里有一个看不见的字符 {char}",
        "there is an invisible character here: {char}",
        "删掉这几个字重新输入",
        "delete these words and type them again",
    ),
    "yaml-several-documents": CodeWording(
        "一个文件只能写一份内容，这里又开始了一份",
        "a file holds one document, and here a second one starts",
        "把“---”后面的内容放到另一个文件",
        "move what follows `---` to another file",
    ),
    "yaml-nothing": CodeWording(
        "文件是空的",
        "the file is empty",
        "写上内容再检查",
        "write something first",
    ),
    "yaml-too-large": CodeWording(
        "文件太大，超过 1 MB",
        "the file is larger than 1 MB",
        "拆成几个文件",
        "split it into several files",
    ),
    "yaml-too-deep": CodeWording(
        "层次太深，超过 40 层",
        "the content is nested deeper than 40 levels",
        "减少嵌套",
        "nest less",
    ),
    "yaml-too-many": CodeWording(
        "文件里的内容太多，超过 15 万项",
        "the file holds more than 150,000 pieces",
        "拆成几个文件",
        "split it into several files",
    ),
    "yaml-many-faults": CodeWording(
        "要改的地方太多，后面的没有再看",
        "there are too many faults, and what follows was not looked at",
        "先改前面这些，再检查一次",
        "mend these first, then check again",
    ),
    "yaml-long-key": CodeWording(
        "这个键太长，超过 {most} 个字",
        "this key is longer than {most} characters",
        "键只写一个词，文字写在冒号后面",
        "a key is one word; write text behind the colon",
    ),
    "yaml-not-utf8": CodeWording(
        "文件不是 UTF-8 编码",
        "the file is not UTF-8",
        "在编辑器里另存为 UTF-8",
        "save it as UTF-8 in your editor",
    ),
}
