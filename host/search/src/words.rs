//! Words: what jieba cuts Chinese into, and which of them say nothing about what is looked for.

use std::sync::LazyLock;

use jieba_rs::Jieba;

/// The dictionary: data that never changes, read once.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// How people ask, not what for.
const SAYS_NOTHING: &[&str] = &[
    "怎么",
    "怎么办",
    "怎么样",
    "怎样",
    "如何",
    "哪里",
    "哪儿",
    "哪",
    "在哪",
    "在",
    "什么",
    "啥",
    "咋",
    "咋办",
    "需要",
    "要",
    "吗",
    "呢",
    "吧",
    "啊",
    "呀",
    "想",
    "我",
    "我要",
    "我想",
    "办",
    "办理",
    "办下",
    "办个",
    "去",
    "可以",
    "能",
    "能不能",
    "的",
    "了",
    "有",
    "个",
    "一个",
    "是",
    "和",
    "与",
    "及",
    "多久",
    "请问",
    "手续",
    "流程",
    "关于",
];

/// A text's words, with the shorter words that longer ones are made of.
pub(crate) fn words(characters: &[char]) -> Vec<String> {
    let text: String = characters.iter().collect();
    let words = JIEBA.cut_for_search(&text, true).into_iter().map(|token| token.word);
    words.filter(|word| word.chars().count() > 1).map(str::to_owned).collect()
}

/// Where words begin and end in a text: whole ones and those that they are made of.
pub(crate) fn borders(characters: &[char]) -> (Vec<usize>, Vec<usize>) {
    let text: String = characters.iter().collect();
    JIEBA.cut_for_search(&text, true).into_iter().map(|token| (token.start, token.end)).unzip()
}

/// A text's words one after another, each at its place, and whether it says something.
pub(crate) fn parts(characters: &[char]) -> Vec<(String, bool)> {
    let text: String = characters.iter().collect();
    let cut = JIEBA.cut(&text, true).into_iter();
    cut.map(|token| (token.word.to_owned(), !SAYS_NOTHING.contains(&token.word))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_cut_into_words_and_what_says_nothing_is_known() {
        let cut = |text: &str| words(&text.chars().collect::<Vec<_>>());
        assert!(cut("居民身份证换领").contains(&"身份证".to_owned()));
        let parts = parts(&"低保怎么办理".chars().collect::<Vec<_>>());
        let says: Vec<&str> = parts.iter().filter(|(_, says)| *says).map(|(word, _)| word.as_str()).collect();
        assert_eq!(says, ["低保"]);
    }
}
