//! A tree as text: one way of writing for each meaning, with no bracket that isn't needed.

use super::syntax::{Expression, Of, Operator, Says};

/// How tightly an operator binds; what binds looser stands in brackets.
const fn strength(says: &Says) -> u8 {
    match says {
        Says::Two(operator, ..) => match operator {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Over => 6,
            _ => 4,
        },
        Says::Not(_) => 3,
        Says::Negative(_) => 7,
        _ => 8,
    }
}

const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Or => "or",
        Operator::And => "and",
        Operator::AtLeast => ">=",
        Operator::MoreThan => ">",
        Operator::AtMost => "<=",
        Operator::LessThan => "<",
        Operator::Is => "=",
        Operator::IsNot => "!=",
        Operator::Before => "before",
        Operator::After => "after",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::Has => "has",
        Operator::HasAny => "has any",
        Operator::HasAll => "has all",
        Operator::Plus => "+",
        Operator::Minus => "-",
        Operator::Times => "*",
        Operator::Over => "/",
    }
}

/// Writes a tree.
pub(super) fn print(expression: &Expression) -> String {
    let mut text = String::new();
    write(&mut text, expression, 0);
    text
}

fn write(text: &mut String, expression: &Expression, least: u8) {
    let own = strength(&expression.says);
    if own < least {
        text.push('(');
    }
    match &expression.says {
        Says::YesNo(value) => text.push_str(if *value { "true" } else { "false" }),
        Says::Number(number, of) => {
            text.push_str(&number.to_string());
            match of {
                Of::Plain => {}
                Of::Percent => text.push('%'),
                Of::Yuan => text.push_str(" yuan"),
                Of::Unit(unit) => {
                    text.push(' ');
                    text.push_str(unit.name());
                }
            }
        }
        Says::Day(day) => text.push_str(&day.to_string()),
        Says::Today => text.push_str("today"),
        Says::Word(word) => quote(text, word),
        Says::Set(words) => {
            text.push('{');
            for (at, (word, _)) in words.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                quote(text, word);
            }
            text.push('}');
        }
        Says::Fact(name) => text.push_str(name),
        Says::Call(name, arguments) => {
            text.push_str(name);
            text.push('(');
            for (at, argument) in arguments.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write(text, argument, 0);
            }
            text.push(')');
        }
        Says::Not(inner) => {
            text.push_str("not ");
            write(text, inner, own);
        }
        Says::Negative(inner) => {
            text.push('-');
            write(text, inner, own);
        }
        Says::Two(operator, one, other) => {
            // To the left as read, one at a time; comparisons never stand in one another.
            let (left, right) = if own == 4 { (5, 5) } else { (own, own + 1) };
            write(text, one, left);
            text.push(' ');
            text.push_str(sign(*operator));
            text.push(' ');
            write(text, other, right);
        }
    }
    if own < least {
        text.push(')');
    }
}

fn quote(text: &mut String, word: &str) {
    let (open, close) = if word.contains('"') { ('“', '”') } else { ('"', '"') };
    text.push(open);
    text.push_str(word);
    text.push(close);
}
