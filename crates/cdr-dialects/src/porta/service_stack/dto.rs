//! Objects on the wire: named members in a fixed order, which every format writes in its own way.
//!
//! Source: ServiceStack v3, `ServiceStack.Text` and `DataContractSerializer`, for the properties of members that
//! formats need.

use std::io;
use std::sync::OnceLock;

use super::date::Date;
use super::decimal::Decimal;
use super::facts::Facts;

/// The XML namespace of a data contract.
pub(crate) type Namespace = &'static str;

/// A class with its members, in declared order.
#[derive(Debug)]
pub(crate) struct Class {
    /// The name of the type, and of its element in XML.
    pub(crate) name: &'static str,
    pub(crate) namespace: Namespace,
    /// The members, those of the base class last.
    pub(crate) members: &'static [Member],
    /// How many of them are the class's own.
    pub(crate) own: usize,
    /// Whether XML keeps the declared order. Otherwise members of the base class come first, and both parts are sorted
    /// by name.
    pub(crate) ordered: bool,
    pub(crate) in_xml: OnceLock<Vec<usize>>,
}

/// A member of a class.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: MemberType,
}

impl Member {
    /// Whether the original has it.
    pub(crate) fn is_original(&self) -> bool {
        !matches!(self.kind, MemberType::Object(_, Presence::Late))
    }
}

/// The type of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberType {
    Bool,
    Int,
    Decimal,
    Text,
    Date,
    /// A list of texts.
    Texts,
    /// An object. A null that is `Late` is left out, in XML too.
    Object(fn() -> &'static Class, Presence),
    /// A list of objects.
    List(fn() -> &'static Class),
    /// Lists of objects by key.
    Dict(fn() -> &'static Class),
}

/// Whether the original has a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Original,
    /// Added later, so it is written only if it is set.
    Late,
}

/// The value of a member of an object.
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(&'a Decimal),
    Text(&'a str),
    Date(Date),
    Texts(&'a [String]),
    Object(&'a dyn Dto),
    List(&'a dyn Objects),
    Dict(&'a [NamedObjects]),
}

/// An object.
pub(crate) trait Dto: Send + Sync {
    /// Its class, with its members.
    fn class(&self) -> &'static Class;

    /// The values of the members, in declared order.
    fn values(&self) -> Vec<Value<'_>>;

    /// What a page says about the object beside its members.
    fn facts(&self) -> Option<&Facts> {
        None
    }
}

/// A class with a sample object that shows all its members.
pub(crate) trait Shown: Dto + Sized + 'static {
    /// The class.
    fn its_class() -> &'static Class;

    /// The sample object of the documentation: every text is `String`, every number is 0, and every list has one
    /// element.
    fn sample() -> Self;
}

/// A list of objects. It may be read from the store while it is written, so that it is never in memory as a whole.
pub(crate) trait Objects: Send + Sync {
    /// Whether the list is empty.
    fn is_empty(&self) -> bool;

    /// Passes the objects to `put` one after the other.
    ///
    /// # Errors
    /// When they cannot be read to the end, or `put` fails.
    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()>;
}

impl<T: Dto> Objects for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        self.iter().try_for_each(|row| put(row))
    }
}

/// A list of objects as a member.
pub(crate) type List = Option<Box<dyn Objects>>;

/// Lists of objects by key, in order, as a member.
pub(crate) type Dict = Option<Vec<NamedObjects>>;

/// A key and its list.
pub(crate) type NamedObjects = (String, Box<dyn Objects>);

impl Class {
    /// The indices of the members in the order of XML.
    pub(crate) fn xml_order(&self) -> &[usize] {
        self.in_xml.get_or_init(|| {
            let mut order: Vec<usize> = (0..self.members.len()).collect();
            if !self.ordered {
                order.sort_by_key(|at| (*at < self.own, self.members[*at].name));
            }
            order
        })
    }
}

/// Defines a class: a struct, its members for the formats, and a sample object for the documentation.
macro_rules! dto {
    (@type Bool) => { bool };
    (@type Int) => { i64 };
    (@type Decimal) => { $crate::porta::service_stack::Decimal };
    (@type Text) => { Option<String> };
    (@type Date) => { $crate::porta::service_stack::Date };
    (@type Texts) => { Option<Vec<String>> };
    (@type List $of:ty) => { $crate::porta::service_stack::List };
    (@type Dict $of:ty) => { $crate::porta::service_stack::Dict };
    (@type Object $of:ty) => { Option<$of> };
    (@type Late $of:ty) => { Option<$of> };

    (@kind Bool) => { MemberType::Bool };
    (@kind Int) => { MemberType::Int };
    (@kind Decimal) => { MemberType::Decimal };
    (@kind Text) => { MemberType::Text };
    (@kind Date) => { MemberType::Date };
    (@kind Texts) => { MemberType::Texts };
    (@kind List $of:ty) => { MemberType::List(<$of as Shown>::its_class) };
    (@kind Dict $of:ty) => { MemberType::Dict(<$of as Shown>::its_class) };
    (@kind Object $of:ty) => { MemberType::Object(<$of as Shown>::its_class, Presence::Original) };
    (@kind Late $of:ty) => { MemberType::Object(<$of as Shown>::its_class, Presence::Late) };

    (@value $held:expr, Bool) => { Value::Bool($held) };
    (@value $held:expr, Int) => { Value::Int($held) };
    (@value $held:expr, Decimal) => { Value::Decimal(&$held) };
    (@value $held:expr, Date) => { Value::Date($held) };
    (@value $held:expr, Text) => { $held.as_deref().map_or(Value::Null, Value::Text) };
    (@value $held:expr, Texts) => { $held.as_deref().map_or(Value::Null, Value::Texts) };
    (@value $held:expr, List $of:ty) => { $held.as_deref().map_or(Value::Null, |list| Value::List(list)) };
    (@value $held:expr, Dict $of:ty) => { $held.as_deref().map_or(Value::Null, Value::Dict) };
    (@value $held:expr, Object $of:ty) => { $held.as_ref().map_or(Value::Null, |it| Value::Object(it)) };
    (@value $held:expr, Late $of:ty) => { $held.as_ref().map_or(Value::Null, |it| Value::Object(it)) };

    (@sample Bool) => { false };
    (@sample Int) => { 0 };
    (@sample Decimal) => { Default::default() };
    (@sample Date) => { Default::default() };
    (@sample Text) => { Some("String".to_owned()) };
    (@sample Texts) => { Some(vec!["String".to_owned()]) };
    (@sample List $of:ty) => { Some(Box::new(vec![<$of as Shown>::sample()])) };
    (@sample Dict $of:ty) => { Some(vec![("String".to_owned(), Box::new(vec![<$of as Shown>::sample()]))]) };
    (@sample Object $of:ty) => { Some(<$of as Shown>::sample()) };
    // The documentation shows only the members of the original.
    (@sample Late $of:ty) => { None };

    (
        $(#[$doc:meta])* $Name:ident: $wire:literal in $namespace:expr, $(ordered $ordered:literal,)? {
            $( $(#[$member_doc:meta])* $field:ident: $name:literal $MemberType:ident $(($of:ty))?, )*
        } base { $( $base:ident: $base_name:literal $BaseKind:ident, )* }
    ) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(crate) struct $Name {
            $( $(#[$member_doc])* pub(crate) $field: dto!(@type $MemberType $($of)?), )*
            $( pub(crate) $base: dto!(@type $BaseKind), )*
        }

        const _: () = {
            use $crate::porta::service_stack::dto::*;

            static MEMBERS: &[Member] = &[
                $( Member { name: $name, kind: dto!(@kind $MemberType $($of)?) }, )*
                $( Member { name: $base_name, kind: dto!(@kind $BaseKind) }, )*
            ];
            const BASE: &[&str] = &[ $( $base_name, )* ];
            static CLASS: Class = Class {
                name: $wire,
                namespace: $namespace,
                members: MEMBERS,
                own: MEMBERS.len() - BASE.len(),
                ordered: false $( || $ordered )?,
                in_xml: std::sync::OnceLock::new(),
            };

            impl Dto for $Name {
                fn class(&self) -> &'static Class {
                    &CLASS
                }

                fn values(&self) -> Vec<Value<'_>> {
                    vec![
                        $( dto!(@value self.$field, $MemberType $($of)?), )*
                        $( dto!(@value self.$base, $BaseKind), )*
                    ]
                }
            }

            impl Shown for $Name {
                fn its_class() -> &'static Class {
                    &CLASS
                }

                fn sample() -> $Name {
                    $Name {
                        $( $field: dto!(@sample $MemberType $($of)?), )*
                        $( $base: dto!(@sample $BaseKind), )*
                    }
                }
            }
        };
    };
}
pub(crate) use dto;
