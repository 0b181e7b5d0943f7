//! The environment of a test's program.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use super::Canaries;
use crate::fakes::{google::Google, key, openai::OpenAi, telegram::Telegram};

pub const TELEGRAM_TOKEN: &str = "7000000001:AAcanaryTelegramTokenThatNobodyMaySee";
pub const OPENAI_KEY: &str = "sk-canary-OpenAiKeyThatNobodyMaySee";
pub const SPREADSHEET: &str = "1StandInSpreadsheetIdForTests";
pub const TAB: &str = "Orders";
/// The operators' group.
pub const OPERATOR_CHAT: i64 = -1_001_000_000_001;
/// Its only member at first.
pub const OPERATOR: i64 = 900_001;

/// What a test wants otherwise than usual.
#[derive(Clone)]
pub struct Settings {
    pub openai: bool,
    pub sheets: bool,
    pub menu: Value,
    /// Overrides; `None` takes the variable away.
    pub variables: BTreeMap<String, Option<String>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            openai: true,
            sheets: true,
            menu: sample_menu(),
            variables: BTreeMap::new(),
        }
    }
}

impl Settings {
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.variables
            .insert(name.to_owned(), Some(value.to_owned()));
        self
    }

    #[must_use]
    pub fn unset(mut self, name: &str) -> Self {
        self.variables.insert(name.to_owned(), None);
        self
    }

    /// The embedded parser alone.
    #[must_use]
    pub fn without_openai(mut self) -> Self {
        self.openai = false;
        self
    }

    /// Orders go to `orders.csv`.
    #[must_use]
    pub fn without_sheets(mut self) -> Self {
        self.sheets = false;
        self
    }

    #[must_use]
    pub fn with_menu(mut self, menu: Value) -> Self {
        self.menu = menu;
        self
    }

    /// The environment for these stand-ins, with its secrets added to the canaries; writes the menu.
    pub fn environment(
        &self,
        folder: &Path,
        telegram: &Telegram,
        openai: &OpenAi,
        google: &Google,
        canaries: &Canaries,
    ) -> BTreeMap<String, String> {
        let menu = folder.join("menu.json");
        std::fs::write(&menu, self.menu.to_string()).unwrap();
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let mut all = BTreeMap::new();
        let mut set = |name: &str, value: String| {
            all.insert(name.to_owned(), value);
        };
        set("TELEGRAM_TOKEN", TELEGRAM_TOKEN.to_owned());
        set("TELEGRAM_API_URL", telegram.url());
        set("TELEGRAM_MESSAGES_PER_SECOND", "0".to_owned());
        set("OPERATOR_CHAT_ID", OPERATOR_CHAT.to_string());
        set("MENU_FILE", path(&menu));
        set("DATA_DIR", path(&folder.join("data")));
        set("HTTP_ADDR", "127.0.0.1:0".to_owned());
        set("LOG_LEVEL", "debug".to_owned());
        set("ORDER_REQUIRES", "phone".to_owned());
        if self.openai {
            set("OPENAI_API_KEY", OPENAI_KEY.to_owned());
            set("OPENAI_BASE_URL", openai.url());
        }
        if self.sheets {
            set("GOOGLE_SERVICE_ACCOUNT_JSON", google.service_account());
            set("SHEETS_SPREADSHEET_ID", SPREADSHEET.to_owned());
            set("SHEETS_TAB", TAB.to_owned());
            set("SHEETS_API_URL", google.url());
        }
        for (name, value) in &self.variables {
            match value {
                Some(value) => all.insert(name.clone(), value.clone()),
                None => all.remove(name),
            };
        }
        let secret = TELEGRAM_TOKEN.split_once(':').unwrap().1;
        canaries.add("the Telegram token", secret);
        canaries.add("the OpenAI key", OPENAI_KEY);
        // One line from the middle of the key says enough.
        let key = key::private_key().lines().nth(5).unwrap();
        canaries.add("the service account's private key", key);
        canaries.add("an access token", "ya29.stand-in");
        all
    }
}

/// A small menu: two pizzas with sizes and toppings, coffee with milks, two plain things.
pub fn sample_menu() -> Value {
    json!({
        "shop": "Stand-in Pizza",
        "currency": "EUR",
        "delivery": {"fee": "2.50", "minimum": "10.00"},
        "categories": [
            {"id": "pizza", "name": "Pizza"},
            {"id": "drinks", "name": "Drinks"},
            {"id": "sides", "name": "Sides"}
        ],
        "option_groups": [
            {"id": "size", "name": "Size", "min": 1, "max": 1, "default": "medium", "options": [
                {"id": "medium", "name": "medium"},
                {"id": "large", "name": "large", "price": "3.00", "aliases": ["big"]}
            ]},
            {"id": "toppings", "name": "Toppings", "options": [
                {"id": "extra-cheese", "name": "extra cheese", "price": "1.50"},
                {"id": "olives", "name": "olives", "price": "1.00"},
                {"id": "basil", "name": "basil"}
            ]},
            {"id": "milk", "name": "Milk", "max": 1, "options": [
                {"id": "oat-milk", "name": "oat milk", "price": "0.50"},
                {"id": "soy-milk", "name": "soy milk", "price": "0.50", "available": false}
            ]}
        ],
        "items": [
            {"id": "margherita", "name": "Margherita", "category": "pizza", "price": "8.50",
             "aliases": ["margarita", "marguerita"], "options": ["size", "toppings"],
             "included": ["basil"], "allergens": ["gluten", "milk"]},
            {"id": "salami", "name": "Salami pizza", "category": "pizza", "price": "10.00",
             "aliases": ["pepperoni"], "options": ["size", "toppings"], "allergens": ["gluten", "milk"]},
            {"id": "coffee", "name": "Coffee", "category": "drinks", "price": "2.80", "options": ["milk"]},
            {"id": "cola", "name": "Cola", "category": "drinks", "price": "3.00", "aliases": ["coke"]},
            {"id": "fries", "name": "Fries", "category": "sides", "price": "4.20",
             "aliases": ["chips"]},
            {"id": "soup", "name": "Soup of the day", "category": "sides", "price": "5.00",
             "available": false}
        ]
    })
}
