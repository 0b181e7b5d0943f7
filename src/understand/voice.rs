//! The words of a voice note, from the model's provider.

use std::fmt;
use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::InputSource;
use async_openai::types::audio::{AudioInput, AudioResponseFormat, CreateTranscriptionRequest};

use serde::Deserialize;

use super::gpt::{GptError, GptSettings, client};
use crate::privacy::PersonalText;

/// What is read of an answer.
#[derive(Deserialize)]
struct Transcript {
    text: String,
}

/// Turns recorded speech into text.
pub struct Transcriber {
    client: Client<OpenAIConfig>,
    model: String,
    timeout: Duration,
}

impl fmt::Debug for Transcriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcriber").finish_non_exhaustive()
    }
}

impl Transcriber {
    /// A client at the same address and with the same key as the model's. `model`: one that transcribes.
    ///
    /// # Errors
    /// The key cannot be sent.
    pub fn new(settings: &GptSettings, model: &str) -> Result<Self, GptError> {
        Ok(Self {
            client: client(settings)?,
            model: model.to_owned(),
            timeout: settings.timeout,
        })
    }

    /// The words of an Ogg file. `hint`: words that may occur.
    ///
    /// # Errors
    /// The class of the failure; nothing of the answer.
    pub async fn transcribe(&self, audio: Vec<u8>, hint: String) -> Result<PersonalText, GptError> {
        let request = CreateTranscriptionRequest {
            file: AudioInput {
                source: InputSource::VecU8 {
                    filename: "voice.ogg".to_owned(),
                    vec: audio,
                },
            },
            model: self.model.clone(),
            prompt: (!hint.is_empty()).then_some(hint),
            response_format: Some(AudioResponseFormat::Json),
            ..CreateTranscriptionRequest::default()
        };
        let audio = self.client.audio();
        let transcription = audio.transcription();
        // As a shape of our own: other servers than OpenAI's say no more than the text.
        let call = Box::pin(transcription.create_byot::<_, Transcript>(request));
        match tokio::time::timeout(self.timeout, call).await {
            Err(_) => Err(GptError::Timeout),
            Ok(Ok(answer)) => Ok(answer.text.trim().into()),
            Ok(Err(error)) => Err(GptError::from(&error)),
        }
    }
}
